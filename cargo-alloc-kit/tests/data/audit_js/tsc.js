const N = 3000;
function fill(x) {
    const made = [];
    for (let i = 0; i < x; i++)
        made.push({ a: i });
    return made;
}
function declaration(x) { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; }
const expression = function (x) { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; };
const arrow = (x) => { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; };
const bare = x => { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; };
const generic = (x, y) => { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i, y }); return o.length; };
async function asyncDeclaration(x) { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; }
const asyncArrow = async (x) => { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; };
function* generator(x) { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); yield o.length; }
function overloaded(x) { const o = []; for (let i = 0; i < Number(x); i++)
    o.push({ a: i }); return o.length; }
class Base {
    count;
    hidden;
    size = 1;
    field = (x) => { const o = []; for (let i = 0; i < x; i++)
        o.push({ a: i }); return o.length; };
    constructor(count, hidden = 1) {
        this.count = count;
        this.hidden = hidden;
        const o = [];
        for (let i = 0; i < count; i++)
            o.push({ a: i + this.hidden });
        this.size = o.length;
    }
    method(x, y) { const o = []; for (let i = 0; i < x; i++)
        o.push({ a: i, y }); return o.length; }
    static async staticMethod(x) { const o = []; for (let i = 0; i < x; i++)
        o.push({ a: i }); return o.length; }
    get value() { const o = []; for (let i = 0; i < N; i++)
        o.push({ a: i }); return o.length; }
}
class Derived extends Base {
    todo(x) { const o = []; for (let i = 0; i < x; i++)
        o.push({ a: i }); return o.length; }
}
export default function (x) { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; }
export function exported(x) { const o = []; for (let i = 0; i < x; i++)
    o.push({ a: i }); return o.length; }
export const object = {
    method(x) { const o = []; for (let i = 0; i < x; i++)
        o.push({ a: i }); return o.length; },
    pair: function (x) { const o = []; for (let i = 0; i < x; i++)
        o.push({ a: i }); return o.length; },
};
const top = [];
for (let i = 0; i < N; i++)
    top.push({ a: i });
const d = new Derived(N);
fill(N);
declaration(N);
expression(N);
arrow(N);
bare(N);
generic(N, "");
overloaded(N);
exported(N);
void asyncDeclaration(N);
void asyncArrow(N);
generator(N).next();
d.field(N);
d.method(N, "");
void Base.staticMethod(N);
d.todo(N);
d.value;
object.method(N);
object.pair(N);
void import("./forms.js").then((module) => module.default(N));
//# sourceMappingURL=forms.js.map