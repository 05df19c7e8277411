// Entry points of exceptions and interrupts. Intel SDM volume 3, chapter 6.

.text
// One stub of 16 bytes for each of the 32 exceptions: makes the stack look the
// same whether the CPU pushed an error code or not (table 6-1).
.balign 16
.global fata_exception_stubs
fata_exception_stubs:
.set vector, 0
.rept 32
    .balign 16
    .if ((0x60227d00 >> vector) & 1) == 0
    push 0
    .endif
    push vector
    jmp exception_common
    .set vector, vector + 1
.endr

exception_common:
    push r15
    push r14
    push r13
    push r12
    push r11
    push r10
    push r9
    push r8
    push rbp
    push rdi
    push rsi
    push rdx
    push rcx
    push rbx
    push rax
    cld
    mov rdi, rsp
    and rsp, -16
    call fata_exception
    ud2

// Every interrupt: the CPU was idle, and now it is not. Nothing else happens
// here but the acknowledgement (end of interrupt, APIC register 0xb0).
.balign 16
.global fata_interrupt_xapic
fata_interrupt_xapic:
    push rax
    mov eax, 0xfee000b0
    mov dword ptr [rax], 0
    pop rax
    iretq

.balign 16
.global fata_interrupt_x2apic
fata_interrupt_x2apic:
    push rax
    push rcx
    push rdx
    mov ecx, 0x80b
    xor eax, eax
    xor edx, edx
    wrmsr
    pop rdx
    pop rcx
    pop rax
    iretq

// A spurious interrupt is not acknowledged (SDM volume 3, 10.9).
.balign 16
.global fata_interrupt_spurious
fata_interrupt_spurious:
    iretq
