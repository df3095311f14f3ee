//! Pieces of 128-bit arithmetic on `[low, high]` halves.

/// A 128-bit value as `[low, high]`, in the byte order of the VM.
pub type Wide = [u64; 2];

/// Low 32 bits set.
pub(crate) const LOW: u64 = 0xffff_ffff;

/// `x`, with its origin hidden from the optimiser, at no cost. LLVM recognises the products below as one 128-bit
/// multiplication and would replace them by a call of `__multi3`, that is, of themselves, for ever.
#[inline(always)]
fn opaque(x: u64) -> u64 {
    #[cfg(target_arch = "bpf")]
    {
        let y;
        // SAFETY: no instruction at all.
        unsafe { core::arch::asm!("/* {0} */", inlateout(reg) x => y, options(pure, nomem, nostack, preserves_flags)) };
        y
    }
    #[cfg(not(target_arch = "bpf"))]
    x
}

/// `a * b` as a full 128-bit product.
#[inline(always)]
pub(crate) fn mul_full(a: u64, b: u64) -> Wide {
    let (a1, a0, b1, b0) = (opaque(a >> 32), a & LOW, opaque(b >> 32), b & LOW);
    // Neither sum can wrap: (2^32-1)^2 + (2^32-1) < 2^64.
    let mid = (a1 * b0) + ((a0 * b0) >> 32);
    let mid2 = (a0 * b1) + (mid & LOW);
    [a.wrapping_mul(b), (a1 * b1) + (mid >> 32) + (mid2 >> 32)]
}

/// The low 128 bits of the 256-bit product.
#[inline(always)]
pub(crate) fn mul_low(a: Wide, b: Wide) -> Wide {
    let [lo, hi] = mul_full(a[0], b[0]);
    let cross = a[0].wrapping_mul(b[1]).wrapping_add(a[1].wrapping_mul(b[0]));
    [lo, hi.wrapping_add(cross)]
}

/// `a - b`, wrapping.
#[inline(always)]
pub(crate) fn sub(a: Wide, b: Wide) -> Wide {
    let borrow = (a[0] < b[0]) as u64;
    [a[0].wrapping_sub(b[0]), a[1].wrapping_sub(b[1]).wrapping_sub(borrow)]
}

/// `a >= b`, unsigned.
#[inline(always)]
pub(crate) fn at_least(a: Wide, b: Wide) -> bool {
    a[1] > b[1] || (a[1] == b[1] && a[0] >= b[0])
}

/// `a << s` for `s < 64`, high half only.
#[inline(always)]
pub(crate) fn shl_high(a: Wide, s: u32) -> u64 {
    // Two shifts, because `>> 64` is not defined at s = 0.
    (a[1] << s) | ((a[0] >> 1) >> (63 - s))
}

/// Whether the value is negative when read as signed.
#[inline(always)]
pub(crate) fn is_negative(a: Wide) -> bool {
    (a[1] as i64) < 0
}

/// `-a` (wrapping) when `yes`, else `a`.
#[inline(always)]
pub(crate) fn negate_if(yes: bool, a: Wide) -> Wide {
    if yes {
        sub([0, 0], a)
    } else {
        a
    }
}

/// Leading zeros by halving: the VM has no such instruction, and LLVM's expansion is longer.
#[inline(always)]
pub(crate) fn leading_zeros(mut x: u64) -> u32 {
    let mut n = 0;
    if x >> 32 == 0 {
        n += 32;
        x <<= 32;
    }
    if x >> 48 == 0 {
        n += 16;
        x <<= 16;
    }
    if x >> 56 == 0 {
        n += 8;
        x <<= 8;
    }
    if x >> 60 == 0 {
        n += 4;
        x <<= 4;
    }
    if x >> 62 == 0 {
        n += 2;
        x <<= 2;
    }
    if x >> 63 == 0 {
        n += 1;
    }
    n
}
