//! Programs of a few lines, as linkers make them, and files that are refused.

mod caught;
mod damaged;
mod linked;
mod refused;
mod standing;
mod stubs;

use super::*;

impl Image {
    fn function_named(&self, name: &str) -> u64 {
        let function = self.functions.iter().find(|function| self.names(function).any(|one| one == name));
        function.unwrap_or_else(|| panic!("no function {name}")).start
    }

    fn object_named(&self, name: &str) -> u64 {
        self.symbols.object_named(&self.bytes, name).unwrap_or_else(|| panic!("no object {name}")).0
    }

    fn import_named(&self, name: &str) -> Option<u32> {
        let found = self.imports.iter().position(|import| import == name)?;
        u32::try_from(found).ok()
    }

    /// Names of imports that have a stub.
    fn stubs(&self) -> Vec<&str> {
        let (first, last) = self.functions.first().zip(self.functions.last()).unwrap();
        // bfd puts stubs before all functions, lld behind them.
        let pages = (first.start & !0xfff).saturating_sub(0x1000)..last.end + 0x1000;
        let stubs = pages.filter_map(|at| self.plt(at));
        let mut names: Vec<&str> = stubs.map(|import| self.imports[import as usize].as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
