//! The VM with the few system calls that compiled code needs by itself, set to accept sBPFv3 only.
use plimsoll_selftest_parts::WORDS;
use solana_sbpf::{
    aligned_memory::AlignedMemory,
    declare_builtin_function, ebpf,
    elf::Executable,
    error::ProgramResult,
    memory_region::{AccessType, MemoryMapping, MemoryRegion},
    program::{BuiltinProgram, SBPFVersion},
    verifier::RequisiteVerifier,
    vm::{CallFrame, Config, ContextObject, EbpfVm, ExecutionMode},
};
use std::{error::Error, ptr::NonNull, sync::Arc};

/// More than any part needs; a program that loops for ever ends here.
const BUDGET: u64 = 5_000_000;

/// What the VM sees of its host: a meter and the memory.
pub struct Context {
    remaining: u64,
    mapping: MemoryMapping,
}

impl ContextObject for Context {
    fn consume(&mut self, amount: u64) {
        self.remaining = self.remaining.saturating_sub(amount);
    }

    fn get_remaining(&self) -> u64 {
        self.remaining
    }

    fn active_mapping_ptr(&mut self) -> NonNull<MemoryMapping> {
        NonNull::from(&mut self.mapping)
    }
}

impl Context {
    /// Host address of `length` bytes of the program's memory.
    fn host(&self, access: AccessType, address: u64, length: u64) -> Result<*mut u8, Box<dyn Error>> {
        match self.mapping.map(access, address, length) {
            ProgramResult::Ok(host) => Ok(host as *mut u8),
            ProgramResult::Err(error) => Err(Box::new(error)),
        }
    }
}

/// Declares system calls with a common shape.
macro_rules! syscalls {
    ($($name:ident($context:ident, $a:ident, $b:ident, $c:ident, $d:ident) { $($body:tt)* })*) => {$(
        declare_builtin_function!(
            /// A system call.
            $name,
            fn rust(
                $context: &mut Context,
                $a: u64,
                $b: u64,
                $c: u64,
                $d: u64,
                _e: u64,
            ) -> Result<u64, Box<dyn Error>> { $($body)* }
        );
    )*};
}

// SAFETY of all pointer use here: `host` checked the whole range against the mapped regions.
syscalls! {
    Abort(_context, _a, _b, _c, _d) { Err("abort".into()) }
    Panic(_context, _file, _length, line, _column) { Err(format!("panic at line {line}").into()) }
    Log(_context, _text, _length, _c, _d) { Ok(0) }
    Copy(context, to, from, length, _d) {
        let source = context.host(AccessType::Load, from, length)?;
        let target = context.host(AccessType::Store, to, length)?;
        if to.abs_diff(from) < length {
            return Err("memcpy with overlapping ranges".into());
        }
        unsafe { target.copy_from_nonoverlapping(source, length as usize) };
        Ok(0)
    }
    Move(context, to, from, length, _d) {
        let source = context.host(AccessType::Load, from, length)?;
        let target = context.host(AccessType::Store, to, length)?;
        unsafe { target.copy_from(source, length as usize) };
        Ok(0)
    }
    Fill(context, to, byte, length, _d) {
        let target = context.host(AccessType::Store, to, length)?;
        unsafe { target.write_bytes(byte as u8, length as usize) };
        Ok(0)
    }
    Compare(context, a, b, length, result) {
        let a = context.host(AccessType::Load, a, length)?;
        let b = context.host(AccessType::Load, b, length)?;
        let result = context.host(AccessType::Store, result, 4)?;
        let (a, b) = unsafe { (std::slice::from_raw_parts(a, length as usize), std::slice::from_raw_parts(b, length as usize)) };
        let first = a.iter().zip(b).find(|(a, b)| a != b).map_or(0, |(&a, &b)| a as i32 - b as i32);
        unsafe { (result as *mut i32).write_unaligned(first) };
        Ok(0)
    }
}

/// A loaded, verified and compiled program.
pub struct Program {
    executable: Executable<Context>,
}

/// How a call ended.
pub struct Outcome {
    /// The output words, or `None` if the program aborted.
    pub output: Option<[u64; WORDS]>,
    /// Instructions executed.
    pub units: u64,
    /// The VM's own words.
    pub ended: String,
}

impl Program {
    /// Loads an sBPFv3 program; every other version is refused.
    pub fn load(bytes: &[u8]) -> Result<Self, Box<dyn Error>> {
        let config = Config {
            enabled_sbpf_versions: SBPFVersion::V3..=SBPFVersion::V3,
            reject_broken_elfs: true,
            ..Config::default()
        };
        let mut loader = BuiltinProgram::new_loader(config);
        loader.register_definition::<Abort>("abort")?;
        loader.register_definition::<Panic>("sol_panic_")?;
        loader.register_definition::<Log>("sol_log_")?;
        loader.register_definition::<Copy>("sol_memcpy_")?;
        loader.register_definition::<Move>("sol_memmove_")?;
        loader.register_definition::<Fill>("sol_memset_")?;
        loader.register_definition::<Compare>("sol_memcmp_")?;
        let executable = Executable::from_elf(bytes, Arc::new(loader))?;
        executable.verify::<RequisiteVerifier>()?;
        executable.jit_compile()?;
        Ok(Self { executable })
    }

    /// Runs one part on one input.
    pub fn call(&self, part: u64, input: [u64; WORDS], compiled: bool) -> Outcome {
        let config = self.executable.get_config();
        let version = self.executable.get_sbpf_version();
        let mut request = Vec::with_capacity(8 * (1 + 2 * WORDS));
        for word in std::iter::once(part).chain(input).chain([0; WORDS]) {
            request.extend_from_slice(&word.to_le_bytes());
        }
        // Filled with garbage, as the real stack is after the first call: nothing may count on zeros.
        let mut stack = AlignedMemory::<{ ebpf::HOST_ALIGN }>::zero_filled(config.stack_size());
        stack.as_slice_mut().fill(0xa5);
        let stack_length = stack.len();
        let regions = vec![
            self.executable.get_ro_region(),
            MemoryRegion::new(&mut stack, ebpf::MM_STACK_START),
            MemoryRegion::new(&raw mut request[..], ebpf::MM_INPUT_START),
        ];
        // SAFETY: the regions outlive the VM, and hold plain bytes.
        let mapping = unsafe { MemoryMapping::new(regions, config, version) }.expect("regions in order");
        let mut context = Context { remaining: BUDGET, mapping };
        let mut vm = EbpfVm::new(self.executable.get_loader().clone(), version, &mut context, stack_length);
        vm.registers[1] = ebpf::MM_INPUT_START;
        let mut mode = if compiled { ExecutionMode::PreferJit } else { ExecutionMode::Interpreted };
        let mut frames = vec![CallFrame::default(); config.max_call_depth];
        let (units, result) = vm.execute_program(&self.executable, &mut mode, &mut frames);
        let words = &request[8 * (1 + WORDS)..];
        let word = |index: usize| u64::from_le_bytes(words[8 * index..][..8].try_into().expect("8 bytes"));
        let (output, ended) = match result {
            ProgramResult::Ok(0) => (Some(std::array::from_fn(word)), "returned".into()),
            ProgramResult::Ok(code) => panic!("the program knows no part {part} (code {code})"),
            ProgramResult::Err(error) => (None, error.to_string()),
        };
        Outcome { output, units, ended }
    }
}
