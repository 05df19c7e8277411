// The SYSCALL entry. Intel SDM volume 2B, SYSCALL; System V ABI, AMD64
// supplement, appendix A.2.1.
//
// The program runs in ring 0, so SYSCALL changes neither the stack nor the
// privilege: %rcx = return address, %r11 = flags, and that is all. The program
// expects every register but %rax, %rcx and %r11 back, vector registers too.
// The kernel is compiled for the x86-64 baseline and so are the memory
// functions in `mem.s`: only the low halves, %xmm0 to %xmm15, can be
// touched below this line, by instructions that leave the upper halves alone.

.section .text.fata_program, "ax", @progbits
.global fata_syscall_entry
.balign 16
fata_syscall_entry:
    lea rsp, [rsp - 128]        // the red zone of the caller
    push rcx                    // as a call would have: backtraces go on
    push rbp
    mov rbp, rsp
    push r11
    push rbx
    push r9                     // the six arguments, in memory as [u64; 6]
    push r8
    push r10
    push rdx
    push rsi
    push rdi
    mov rsi, rsp
    mov rdi, rax
    mov rbx, rsp
    sub rsp, 256
    and rsp, -16
    movaps [rsp], xmm0
    movaps [rsp + 16], xmm1
    movaps [rsp + 32], xmm2
    movaps [rsp + 48], xmm3
    movaps [rsp + 64], xmm4
    movaps [rsp + 80], xmm5
    movaps [rsp + 96], xmm6
    movaps [rsp + 112], xmm7
    movaps [rsp + 128], xmm8
    movaps [rsp + 144], xmm9
    movaps [rsp + 160], xmm10
    movaps [rsp + 176], xmm11
    movaps [rsp + 192], xmm12
    movaps [rsp + 208], xmm13
    movaps [rsp + 224], xmm14
    movaps [rsp + 240], xmm15
    call fata_syscall
    movaps xmm0, [rsp]
    movaps xmm1, [rsp + 16]
    movaps xmm2, [rsp + 32]
    movaps xmm3, [rsp + 48]
    movaps xmm4, [rsp + 64]
    movaps xmm5, [rsp + 80]
    movaps xmm6, [rsp + 96]
    movaps xmm7, [rsp + 112]
    movaps xmm8, [rsp + 128]
    movaps xmm9, [rsp + 144]
    movaps xmm10, [rsp + 160]
    movaps xmm11, [rsp + 176]
    movaps xmm12, [rsp + 192]
    movaps xmm13, [rsp + 208]
    movaps xmm14, [rsp + 224]
    movaps xmm15, [rsp + 240]
    mov rsp, rbx
    pop rdi
    pop rsi
    pop rdx
    pop r10
    pop r8
    pop r9
    pop rbx
    popfq
    pop rbp
    pop rcx
    lea rsp, [rsp + 128]
    jmp rcx

// fata_call_handler(handler, signal, information, context): calls the program's
// signal handler. It is code of the program, which may use the upper halves of
// the vector registers; XSAVE keeps them (SDM volume 1, chapter 13).
.global fata_call_handler
.balign 16
fata_call_handler:
    push rbp
    mov rbp, rsp
    push rbx
    push r12
    mov rbx, rdi
    mov edi, esi
    mov rsi, rdx
    mov rdx, rcx
    sub rsp, 1024               // 512 legacy + 64 header + 256 for AVX
    and rsp, -64
    mov r12, rdx
    xor eax, eax
    mov [rsp + 512], rax        // XRSTOR insists on a clean header
    mov [rsp + 520], rax
    mov [rsp + 528], rax
    mov [rsp + 536], rax
    mov [rsp + 544], rax
    mov [rsp + 552], rax
    mov [rsp + 560], rax
    mov [rsp + 568], rax
    mov eax, 7
    xor edx, edx
    xsave [rsp]
    mov rdx, r12
    call rbx
    mov eax, 7
    xor edx, edx
    xrstor [rsp]
    lea rsp, [rbp - 16]
    pop r12
    pop rbx
    pop rbp
    ret

// fata_enter_program(entry, stack pointer): the state that Linux gives a new
// program. System V ABI, AMD64 supplement, 3.4.1: %rdx = 0 (no function to
// register with atexit), %rbp = 0, flags clear.
.global fata_enter_program
.balign 16
fata_enter_program:
    mov rsp, rsi
    xor edx, edx
    xor ebp, ebp
    push 2
    popfq
    jmp rdi
.text
