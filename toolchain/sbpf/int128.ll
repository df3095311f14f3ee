; ModuleID = 'int128' - the linker knows textual IR by this first word.
; LLVM's names for the 128-bit helpers, in the signatures that LLVM expects. See int128/src/lib.rs for the reason.
; Each body splits its operands into halves, calls the Rust function and puts the result together; the linker
; inlines the call and drops the memory.

target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

declare void @plimsoll_mul128(ptr, i64, i64, i64, i64)
declare void @plimsoll_udiv128(ptr, i64, i64, i64, i64)
declare void @plimsoll_umod128(ptr, i64, i64, i64, i64)
declare void @plimsoll_sdiv128(ptr, i64, i64, i64, i64)
declare void @plimsoll_smod128(ptr, i64, i64, i64, i64)

define i128 @__multi3(i128 %a, i128 %b) nounwind {
  %out = alloca [2 x i64], align 8
  %a.lo = trunc i128 %a to i64
  %a.shift = lshr i128 %a, 64
  %a.hi = trunc i128 %a.shift to i64
  %b.lo = trunc i128 %b to i64
  %b.shift = lshr i128 %b, 64
  %b.hi = trunc i128 %b.shift to i64
  call void @plimsoll_mul128(ptr %out, i64 %a.lo, i64 %a.hi, i64 %b.lo, i64 %b.hi)
  %high = getelementptr [2 x i64], ptr %out, i64 0, i64 1
  %lo = load i64, ptr %out, align 8
  %hi = load i64, ptr %high, align 8
  %lo.wide = zext i64 %lo to i128
  %hi.wide = zext i64 %hi to i128
  %hi.shift = shl i128 %hi.wide, 64
  %result = or i128 %hi.shift, %lo.wide
  ret i128 %result
}

define i128 @__udivti3(i128 %a, i128 %b) nounwind {
  %out = alloca [2 x i64], align 8
  %a.lo = trunc i128 %a to i64
  %a.shift = lshr i128 %a, 64
  %a.hi = trunc i128 %a.shift to i64
  %b.lo = trunc i128 %b to i64
  %b.shift = lshr i128 %b, 64
  %b.hi = trunc i128 %b.shift to i64
  call void @plimsoll_udiv128(ptr %out, i64 %a.lo, i64 %a.hi, i64 %b.lo, i64 %b.hi)
  %high = getelementptr [2 x i64], ptr %out, i64 0, i64 1
  %lo = load i64, ptr %out, align 8
  %hi = load i64, ptr %high, align 8
  %lo.wide = zext i64 %lo to i128
  %hi.wide = zext i64 %hi to i128
  %hi.shift = shl i128 %hi.wide, 64
  %result = or i128 %hi.shift, %lo.wide
  ret i128 %result
}

define i128 @__umodti3(i128 %a, i128 %b) nounwind {
  %out = alloca [2 x i64], align 8
  %a.lo = trunc i128 %a to i64
  %a.shift = lshr i128 %a, 64
  %a.hi = trunc i128 %a.shift to i64
  %b.lo = trunc i128 %b to i64
  %b.shift = lshr i128 %b, 64
  %b.hi = trunc i128 %b.shift to i64
  call void @plimsoll_umod128(ptr %out, i64 %a.lo, i64 %a.hi, i64 %b.lo, i64 %b.hi)
  %high = getelementptr [2 x i64], ptr %out, i64 0, i64 1
  %lo = load i64, ptr %out, align 8
  %hi = load i64, ptr %high, align 8
  %lo.wide = zext i64 %lo to i128
  %hi.wide = zext i64 %hi to i128
  %hi.shift = shl i128 %hi.wide, 64
  %result = or i128 %hi.shift, %lo.wide
  ret i128 %result
}

define i128 @__divti3(i128 %a, i128 %b) nounwind {
  %out = alloca [2 x i64], align 8
  %a.lo = trunc i128 %a to i64
  %a.shift = lshr i128 %a, 64
  %a.hi = trunc i128 %a.shift to i64
  %b.lo = trunc i128 %b to i64
  %b.shift = lshr i128 %b, 64
  %b.hi = trunc i128 %b.shift to i64
  call void @plimsoll_sdiv128(ptr %out, i64 %a.lo, i64 %a.hi, i64 %b.lo, i64 %b.hi)
  %high = getelementptr [2 x i64], ptr %out, i64 0, i64 1
  %lo = load i64, ptr %out, align 8
  %hi = load i64, ptr %high, align 8
  %lo.wide = zext i64 %lo to i128
  %hi.wide = zext i64 %hi to i128
  %hi.shift = shl i128 %hi.wide, 64
  %result = or i128 %hi.shift, %lo.wide
  ret i128 %result
}

define i128 @__modti3(i128 %a, i128 %b) nounwind {
  %out = alloca [2 x i64], align 8
  %a.lo = trunc i128 %a to i64
  %a.shift = lshr i128 %a, 64
  %a.hi = trunc i128 %a.shift to i64
  %b.lo = trunc i128 %b to i64
  %b.shift = lshr i128 %b, 64
  %b.hi = trunc i128 %b.shift to i64
  call void @plimsoll_smod128(ptr %out, i64 %a.lo, i64 %a.hi, i64 %b.lo, i64 %b.hi)
  %high = getelementptr [2 x i64], ptr %out, i64 0, i64 1
  %lo = load i64, ptr %out, align 8
  %hi = load i64, ptr %high, align 8
  %lo.wide = zext i64 %lo to i128
  %hi.wide = zext i64 %hi to i128
  %hi.shift = shl i128 %hi.wide, 64
  %result = or i128 %hi.shift, %lo.wide
  ret i128 %result
}

