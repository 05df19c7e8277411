//! The functions of a program, with names for humans.

use std::collections::HashSet;

use attachment::write::Symbol;
use object::LittleEndian as LE;
use object::elf::{SHF_EXECINSTR, STT_FUNC, STT_NOTYPE};
use object::read::elf::{SectionHeader as _, Sym as _};

use super::{Elf, Error};

/// Every function, and every label of assembly code.
///
/// # Errors
///
/// When the file is damaged.
pub fn symbols(elf: &Elf<'_>) -> Result<Vec<Symbol>, Error> {
    let table = elf.file.elf_symbol_table();
    let code: HashSet<usize> = elf
        .file
        .elf_section_table()
        .enumerate()
        .filter(|(_, section)| section.sh_flags(LE).0 & SHF_EXECINSTR.0 != 0)
        .map(|(index, _)| index.0)
        .collect();

    let mut functions = Vec::new();
    for symbol in table.symbols() {
        let kind = symbol.st_type();
        let label = kind == STT_NOTYPE && code.contains(&usize::from(symbol.st_shndx(LE).0));
        if !(kind == STT_FUNC || label) || symbol.st_value(LE) == 0 {
            continue;
        }
        let name = symbol.name(LE, table.strings())?;
        if name.is_empty() {
            continue;
        }
        let name = String::from_utf8_lossy(name);
        functions.push(Symbol {
            address: symbol.st_value(LE),
            size: symbol.st_size(LE),
            // Without the hash: it tells a human nothing.
            name: format!("{:#}", rustc_demangle::demangle(&name)),
        });
    }
    Ok(functions)
}
