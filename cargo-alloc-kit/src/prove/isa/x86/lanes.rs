//! Arithmetic on vector registers, by lanes of 8 bytes, where a lane of the result is made of the same lane of the operands only.

use iced_x86::Mnemonic as M;

use super::super::{Arith, Op, Operand, lane};
use super::operands::{SCRATCH, Writer};
use super::vectors::{clear_above, lanes, lose_above, source};

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    if writer.instruction.has_op_mask() || writer.instruction.is_broadcast() {
        return None;
    }
    match writer.instruction.mnemonic() {
        M::Xorps
        | M::Xorpd
        | M::Pxor
        | M::Vxorps
        | M::Vxorpd
        | M::Vpxor
        | M::Vpxord
        | M::Vpxorq
        | M::Psubb
        | M::Psubw
        | M::Psubd
        | M::Psubq
            if is_same(writer) =>
        {
            all(writer, 0)
        }
        M::Pcmpeqb
        | M::Pcmpeqw
        | M::Pcmpeqd
        | M::Pcmpeqq
        | M::Vpcmpeqb
        | M::Vpcmpeqw
        | M::Vpcmpeqd
        | M::Vpcmpeqq
            if is_same(writer) =>
        {
            all(writer, u64::MAX)
        }
        M::Paddq | M::Vpaddq => by_lane(writer, Arith::Add),
        M::Pand | M::Andps | M::Andpd | M::Vpand | M::Vandps | M::Vandpd => by_lane(writer, Arith::And),
        mnemonic if is_lanewise(mnemonic) => by_lane(writer, Arith::Other),
        M::Ucomisd
        | M::Ucomiss
        | M::Comisd
        | M::Comiss
        | M::Vucomisd
        | M::Vucomiss
        | M::Ptest
        | M::Vptest => {
            writer.push(Op::Flags);
            Some(())
        }
        M::Addsd
        | M::Addss
        | M::Subsd
        | M::Subss
        | M::Mulsd
        | M::Mulss
        | M::Divsd
        | M::Divss
        | M::Minsd
        | M::Maxsd
        | M::Minss
        | M::Maxss
        | M::Sqrtsd
        | M::Sqrtss
        | M::Cvtsi2sd
        | M::Cvtsi2ss
        | M::Cvtss2sd
        | M::Cvtsd2ss => scalar(writer),
        M::Cvttsd2si
        | M::Cvttss2si
        | M::Cvtsd2si
        | M::Cvtss2si
        | M::Pmovmskb
        | M::Movmskps
        | M::Movmskpd
        | M::Vpmovmskb
        | M::Vmovmskps
        | M::Vmovmskpd => to_general(writer),
        _ => None,
    }
}

fn is_same(writer: &Writer<'_>) -> bool {
    let count = writer.instruction.op_count();
    writer.vector(count - 1).is_some() && writer.register(count - 1) == writer.register(count - 2)
}

fn all(writer: &mut Writer<'_>, value: u64) -> Option<()> {
    let (to, count) = (writer.vector(0)?, lanes(writer, 0)?.min(4));
    for part in 0..count {
        writer.push(Op::Number { to: lane(to, part), value });
    }
    clear_above(writer, to, count);
    Some(())
}

fn is_lanewise(mnemonic: M) -> bool {
    matches!(
        mnemonic,
        M::Paddb
            | M::Paddw
            | M::Paddd
            | M::Psubb
            | M::Psubw
            | M::Psubd
            | M::Psubq
            | M::Por
            | M::Pxor
            | M::Pandn
            | M::Xorps
            | M::Xorpd
            | M::Orps
            | M::Orpd
            | M::Andnps
            | M::Andnpd
            | M::Pcmpeqb
            | M::Pcmpeqw
            | M::Pcmpeqd
            | M::Pcmpeqq
            | M::Pcmpgtb
            | M::Pcmpgtw
            | M::Pcmpgtd
            | M::Pcmpgtq
            | M::Pminub
            | M::Pmaxub
            | M::Pminsw
            | M::Pmaxsw
            | M::Pminud
            | M::Pmaxud
            | M::Pmuludq
            | M::Pmullw
            | M::Pmulld
            | M::Addps
            | M::Addpd
            | M::Subps
            | M::Subpd
            | M::Mulps
            | M::Mulpd
            | M::Divps
            | M::Divpd
            | M::Psadbw
            | M::Vpaddb
            | M::Vpaddw
            | M::Vpaddd
            | M::Vpsubb
            | M::Vpsubw
            | M::Vpsubd
            | M::Vpsubq
            | M::Vpor
            | M::Vpxor
            | M::Vpandn
            | M::Vxorps
            | M::Vxorpd
            | M::Vorps
            | M::Vorpd
            | M::Vandnps
            | M::Vandnpd
            | M::Vpcmpeqb
            | M::Vpcmpeqw
            | M::Vpcmpeqd
            | M::Vpcmpeqq
            | M::Vpcmpgtb
            | M::Vpcmpgtw
            | M::Vpcmpgtd
            | M::Vpcmpgtq
            | M::Vpminub
            | M::Vpmaxub
            | M::Vpmuludq
            | M::Vpmulld
            | M::Vaddps
            | M::Vaddpd
            | M::Vsubps
            | M::Vsubpd
            | M::Vmulps
            | M::Vmulpd
    )
}

/// All lanes. Those of the instructions here that write a mask register have no vector as their first operand.
fn by_lane(writer: &mut Writer<'_>, kind: Arith) -> Option<()> {
    let count = writer.instruction.op_count();
    let (to, first) = (writer.vector(0)?, writer.vector(count - 2)?);
    let wide = lanes(writer, 0)?.min(4);
    lose_above(writer, count - 1)?;
    for part in 0..wide {
        let right = Operand::Reg(source(writer, count - 1, part)?);
        writer.push(Op::Arith { to: lane(to, part), kind, left: lane(first, part), right });
    }
    clear_above(writer, to, wide);
    Some(())
}

/// The lowest lane is made of what it was and of the second operand; the others are kept.
fn scalar(writer: &mut Writer<'_>) -> Option<()> {
    let to = lane(writer.vector(0)?, 0);
    let right = match writer.vector(1) {
        Some(from) => Operand::Reg(lane(from, 0)),
        None => writer.read(1, SCRATCH)?,
    };
    writer.push(Op::Arith { to, kind: Arith::Other, left: to, right });
    Some(())
}

/// A number of at most 8 bytes made of a vector.
fn to_general(writer: &mut Writer<'_>) -> Option<()> {
    let to = writer.general(0)?;
    let from = match writer.vector(1) {
        Some(from) => Operand::Reg(lane(from, 0)),
        None => writer.read(1, SCRATCH)?,
    };
    if lanes(writer, 1).is_some_and(|lanes| lanes > 1) {
        let signs = [M::Pmovmskb, M::Movmskps, M::Movmskpd, M::Vpmovmskb, M::Vmovmskps, M::Vmovmskpd];
        let signs = signs.contains(&writer.instruction.mnemonic());
        // Single bits of all lanes are no part of an address.
        let from = if signs { Operand::Number(0) } else { from };
        writer.push(Op::Forget { to: to.reg, from });
    } else {
        writer.push(Op::Forget { to: to.reg, from });
    }
    if to.bits == 32 {
        writer.clear_upper(to.reg);
    }
    Some(())
}
