//! Loads and stores of several vector registers at once: what they move is not followed, and lost.

use yaxpeax_arm::armv8::a64::{Opcode, Operand as Arm};

use super::super::{Op, Operand, lane};
use super::operands::{SCRATCH, Writer, beyond, bytes_of};

pub(super) fn decode(writer: &mut Writer<'_>) -> Option<()> {
    use Opcode as O;
    let loads = match writer.instruction.opcode {
        O::LD1 | O::LD2 | O::LD3 | O::LD4 | O::LD1R | O::LD2R | O::LD3R | O::LD4R => true,
        O::ST1 | O::ST2 | O::ST3 | O::ST4 => false,
        _ => return None,
    };
    let (first, count, bytes_each) = match writer.operand(0) {
        Arm::SIMDRegisterGroup(size, first, _, count) => (first, count, bytes_of(size)),
        Arm::SIMDRegisterGroupLane(first, element, count, _) => (first, count, bytes_of(element)),
        _ => return None,
    };
    let access = writer.access(1)?;
    let all = count.checked_mul(bytes_each)?;
    let lanes = (0..count).flat_map(|index| {
        let vector = u8::try_from(first % 32).unwrap_or(0).wrapping_add(index) % 32;
        [lane(vector, 0), lane(vector, 1)]
    });
    if loads {
        for word in 0..all.div_ceil(8) {
            let place = beyond(access.place, i64::from(word) * 8);
            writer.push(Op::Load { to: SCRATCH, place, bytes: 8, signed: false });
            writer.lose(SCRATCH);
        }
        for to in lanes {
            writer.push(Op::Forget { to, from: Operand::Unknown });
        }
    } else {
        for from in lanes {
            writer.lose(from);
        }
        let mut done = 0;
        while done < all {
            let bytes = match all - done {
                8.. => 8,
                4..8 => 4,
                2..4 => 2,
                _ => 1,
            };
            let place = beyond(access.place, i64::from(done));
            writer.push(Op::Store { place, from: Operand::Unknown, bytes });
            done += bytes;
        }
    }
    writer.finish(&access);
    Some(())
}
