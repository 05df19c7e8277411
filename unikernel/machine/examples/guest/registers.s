// guest_probe(before, after): loads every register from `before`, makes the
// system call in its rax, and stores every register to `after`. Both are laid
// out as `registers::State`.
.text
.global guest_probe
guest_probe:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov [rip + guest_after], rsi
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovups ymm\n, [rdi + 264 + 32 * \n]
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    mov rax, [rdi + 136 + 8 * \n]      // the red zone
    mov [rsp - 128 + 8 * \n], rax
    .endr
    mov [rip + guest_stack], rsp
    // The flags, by way of a stack of its own: the red zone is in use.
    lea rsp, [rip + guest_flags_top]
    push [rdi + 128]
    popfq
    mov rsp, [rip + guest_stack]
    mov rax, [rdi]
    mov rbx, [rdi + 8]
    mov rcx, [rdi + 16]
    mov rdx, [rdi + 24]
    mov rsi, [rdi + 32]
    mov rbp, [rdi + 48]
    mov r8, [rdi + 64]
    mov r9, [rdi + 72]
    mov r10, [rdi + 80]
    mov r11, [rdi + 88]
    mov r12, [rdi + 96]
    mov r13, [rdi + 104]
    mov r14, [rdi + 112]
    mov r15, [rdi + 120]
    mov rdi, [rdi + 40]
    syscall
    mov rcx, [rip + guest_after]
    mov [rcx], rax
    mov [rcx + 8], rbx
    mov [rcx + 24], rdx
    mov [rcx + 32], rsi
    mov [rcx + 40], rdi
    mov [rcx + 48], rbp
    mov [rcx + 56], rsp
    mov [rcx + 64], r8
    mov [rcx + 72], r9
    mov [rcx + 80], r10
    mov [rcx + 96], r12
    mov [rcx + 104], r13
    mov [rcx + 112], r14
    mov [rcx + 120], r15
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovups [rcx + 264 + 32 * \n], ymm\n
    .endr
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    mov rax, [rsp - 128 + 8 * \n]
    mov [rcx + 136 + 8 * \n], rax
    .endr
    pushfq
    pop [rcx + 128]
    mov rax, [rip + guest_stack]
    sub rax, rsp
    mov [rcx + 56], rax                // 0 if the stack pointer is the same
    push 2
    popfq
    vzeroupper
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

// guest_handler(signal, information, context): a signal handler that leaves no
// register as it was, but those that the ABI makes it keep.
.global guest_handler
guest_handler:
    mov [rip + guest_signal], edi
    mov eax, [rsi]
    mov [rip + guest_signal + 4], eax
    vzeroall
    mov rdi, -1
    vmovq xmm3, rdi
    vpbroadcastq ymm9, xmm3
    mov rsi, rdi
    mov rdx, rdi
    mov rcx, rdi
    mov r8, rdi
    mov r9, rdi
    mov r10, rdi
    mov r11, rdi
    ret

.bss
.balign 16
guest_after:
    .skip 8
guest_stack:
    .skip 8
.global guest_signal
guest_signal:
    .skip 8
    .skip 72
guest_flags_top:
    .skip 16
.text
