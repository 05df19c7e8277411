// From the PVH entry point to 64-bit Rust.
//
// PVH ("Xen HVM direct boot ABI", docs/misc/pvh.pandoc): the monitor reads the
// address of `pvh_entry` from an ELF note (`bootable!`) and jumps there in 32-bit
// protected mode, paging off, interrupts off, flat segments, %ebx = physical
// address of the start info. No stack.

.section .text.pvh_entry, "ax", @progbits
.code32
.global pvh_entry
pvh_entry:
    cli
    cld
    mov esp, offset boot_stack_top
    mov dword ptr [esp - 4], 0x41544146
    cmp dword ptr [esp - 4], 0x41544146
    jne too_small
    mov esi, ebx

    // 4 GiB, identity-mapped by 2 MiB pages, everything allowed. It lasts until
    // `paging::init` has built the real tables. Entry i of the four directories
    // maps i * 2 MiB: present, writable, large.
    mov edi, offset boot_directories
    mov eax, 0x83
    mov ecx, 2048
5:  mov [edi], eax
    add eax, 0x200000
    add edi, 8
    loop 5b
    mov eax, offset boot_directories
    or eax, 3
    mov dword ptr [boot_pointers], eax
    add eax, 4096
    mov dword ptr [boot_pointers + 8], eax
    add eax, 4096
    mov dword ptr [boot_pointers + 16], eax
    add eax, 4096
    mov dword ptr [boot_pointers + 24], eax
    mov eax, offset boot_pointers
    or eax, 3
    mov dword ptr [boot_root], eax
    mov eax, offset boot_root
    mov cr3, eax

    // CR4: PAE (5), and OSFXSR, OSXMMEXCPT (9, 10), because compiled code uses
    // SSE from its first line.
    mov eax, cr4
    or eax, 0x620
    mov cr4, eax

    // EFER: SCE (0), LME (8), NXE (11). Intel SDM volume 3, 2.2.1.
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x901
    wrmsr

    // CR0: MP (1), NE (5), WP (16), PG (31); not EM (2), TS (3), NW (29), CD (30).
    mov eax, cr0
    and eax, 0x9ffffff3
    or eax, 0x80010022
    mov cr0, eax

    lgdt [boot_gdt_pointer]
    mov eax, offset long_mode
    push 0x08
    push eax
    retf

    // No RAM where the stack should be. Says so on the serial port, as the
    // monitor left it, and ends as `power` does: isa-debug-exit, or a triple
    // fault (the table is too short for any exception).
too_small:
    mov esi, offset too_small_text
    mov dx, 0x3f8
6:  lodsb
    test al, al
    je 7f
    out dx, al
    jmp 6b
7:  mov al, 0x13                // Failure::Memory
    out 0xf4, al
    lidt [boot_gdt_pointer]
    ud2
too_small_text:                 // beside the code: that is in RAM
    .asciz "fata: too little memory: the image does not fit\r\n"

.code64
long_mode:
    mov eax, 0x10
    mov ds, eax
    mov es, eax
    mov ss, eax
    xor eax, eax
    mov fs, eax
    mov gs, eax
    xor ebp, ebp                // the end of every backtrace
    mov edi, esi
    call fata_machine_start
    call fata_main
    ud2

.section .rodata.boot_gdt, "a", @progbits
.balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff    // 0x08: code, ring 0, 64-bit
    .quad 0x00cf93000000ffff    // 0x10: data, ring 0
boot_gdt_pointer:
    .word . - boot_gdt - 1
    .long boot_gdt

.section .bss.boot, "aw", @nobits
.balign 4096
boot_root:
    .skip 4096
boot_pointers:
    .skip 4096
boot_directories:
    .skip 4096 * 4
.global boot_stack_guard
boot_stack_guard:               // unmapped by `paging::init`
    .skip 4096
    .skip 131072                // unoptimised builds have large frames
boot_stack_top:
.text
