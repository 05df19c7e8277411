// memcpy, memmove, memset, memcmp and bcmp, for the whole image.
//
// The C library chooses its own by the CPU, through relocations that its
// start-up code applies: before that, calling them is a jump to address zero,
// and the kernel runs before that. These are there from the first instruction,
// and use only %xmm registers (see `syscall.s`). Loads come before stores, so
// that memcpy is memmove.

.section .text.memory_functions, "ax", @progbits
.global memcpy
.global memmove
.balign 32
memcpy:
memmove:
    mov rax, rdi
    cmp rdx, 16
    jb 10f
    cmp rdx, 32
    ja 20f
    movups xmm0, [rsi]
    movups xmm1, [rsi + rdx - 16]
    movups [rdi], xmm0
    movups [rdi + rdx - 16], xmm1
    ret
10: // 0 to 15 bytes
    cmp edx, 8
    jae 12f
    cmp edx, 4
    jae 14f
    test edx, edx
    je 11f
    movzx ecx, byte ptr [rsi]
    cmp edx, 2
    jb 13f
    movzx r8d, word ptr [rsi + rdx - 2]
    mov [rdi + rdx - 2], r8w
13: mov [rdi], cl
11: ret
14: mov ecx, [rsi]
    mov r8d, [rsi + rdx - 4]
    mov [rdi], ecx
    mov [rdi + rdx - 4], r8d
    ret
12: mov rcx, [rsi]
    mov r8, [rsi + rdx - 8]
    mov [rdi], rcx
    mov [rdi + rdx - 8], r8
    ret
20: cmp rdx, 64
    ja 30f
    movups xmm0, [rsi]          // 33 to 64
    movups xmm1, [rsi + 16]
    movups xmm2, [rsi + rdx - 32]
    movups xmm3, [rsi + rdx - 16]
    movups [rdi], xmm0
    movups [rdi + 16], xmm1
    movups [rdi + rdx - 32], xmm2
    movups [rdi + rdx - 16], xmm3
    ret
30: mov rcx, rdi
    sub rcx, rsi
    cmp rcx, rdx
    jb 40f                      // the destination begins inside the source
    // Forward. The last 64 bytes are read before anything is written.
    movups xmm4, [rsi + rdx - 64]
    movups xmm5, [rsi + rdx - 48]
    movups xmm6, [rsi + rdx - 32]
    movups xmm7, [rsi + rdx - 16]
    lea r8, [rdi + rdx - 64]    // where they go
31: movups xmm0, [rsi]
    movups xmm1, [rsi + 16]
    movups xmm2, [rsi + 32]
    movups xmm3, [rsi + 48]
    movups [rdi], xmm0
    movups [rdi + 16], xmm1
    movups [rdi + 32], xmm2
    movups [rdi + 48], xmm3
    add rsi, 64
    add rdi, 64
    cmp rdi, r8
    jb 31b
    movups [r8], xmm4
    movups [r8 + 16], xmm5
    movups [r8 + 32], xmm6
    movups [r8 + 48], xmm7
    ret
40: // Backward. The first 64 bytes are read before anything is written.
    movups xmm4, [rsi]
    movups xmm5, [rsi + 16]
    movups xmm6, [rsi + 32]
    movups xmm7, [rsi + 48]
    lea r8, [rsi + rdx - 64]
    lea r9, [rdi + rdx - 64]
41: movups xmm0, [r8]
    movups xmm1, [r8 + 16]
    movups xmm2, [r8 + 32]
    movups xmm3, [r8 + 48]
    movups [r9], xmm0
    movups [r9 + 16], xmm1
    movups [r9 + 32], xmm2
    movups [r9 + 48], xmm3
    sub r8, 64
    sub r9, 64
    cmp r9, rdi
    ja 41b
    movups [rdi], xmm4
    movups [rdi + 16], xmm5
    movups [rdi + 32], xmm6
    movups [rdi + 48], xmm7
    ret

.global memset
.balign 32
memset:
    mov rax, rdi
    movzx ecx, sil
    mov r8, 0x0101010101010101
    imul rcx, r8
    cmp rdx, 16
    jb 50f
    movq xmm0, rcx
    punpcklqdq xmm0, xmm0
    movups [rdi], xmm0
    movups [rdi + rdx - 16], xmm0
    cmp rdx, 32
    jbe 52f
    lea r8, [rdi + rdx - 16]
    add rdi, 16
    and rdi, -16
51: cmp rdi, r8
    jae 52f
    movaps [rdi], xmm0
    add rdi, 16
    jmp 51b
50: cmp edx, 8
    jae 53f
    cmp edx, 4
    jae 54f
    test edx, edx
    je 52f
    mov [rdi], cl
    mov [rdi + rdx - 1], cl
    cmp edx, 2
    jbe 52f
    mov [rdi + 1], cl
52: ret
53: mov [rdi], rcx
    mov [rdi + rdx - 8], rcx
    ret
54: mov [rdi], ecx
    mov [rdi + rdx - 4], ecx
    ret

.global memcmp
.global bcmp
.balign 32
memcmp:
bcmp:
    xor ecx, ecx
    sub rdx, 16
    jb 62f
60: movups xmm0, [rdi + rcx]
    movups xmm1, [rsi + rcx]
    pcmpeqb xmm0, xmm1
    pmovmskb eax, xmm0
    xor eax, 0xffff
    jne 61f
    add rcx, 16
    cmp rcx, rdx
    jbe 60b
62: add rdx, 16                 // fewer than 16 are left: rdx - rcx
63: cmp rcx, rdx
    je 64f
    movzx eax, byte ptr [rdi + rcx]
    movzx r8d, byte ptr [rsi + rcx]
    inc rcx
    sub eax, r8d
    je 63b
    ret
64: xor eax, eax
    ret
61: bsf eax, eax
    add rcx, rax
    movzx eax, byte ptr [rdi + rcx]
    movzx r8d, byte ptr [rsi + rcx]
    sub eax, r8d
    ret
