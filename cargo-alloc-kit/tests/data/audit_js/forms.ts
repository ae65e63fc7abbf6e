// As forms.js, with types: what runs is made of it by tsc and by esbuild, see record.mjs.
interface Made { a: number }
type Work<T> = (x: T) => number;
const N: number = 3000;

function fill(x: number): Made[] {
  const made: Made[] = [];
  for (let i = 0; i < x; i++) made.push({ a: i });
  return made;
}
function declaration<T extends number>(x: T): number { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
const expression: Work<number> = function (x: number): number { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const arrow: Work<number> = (x): number => { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const bare: Work<number> = x => { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const generic = <T,>(x: number, y?: T) => { const o: unknown[] = []; for (let i = 0; i < x; i++) o.push({ a: i, y }); return o.length; };
async function asyncDeclaration(x: number): Promise<number> { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
const asyncArrow = async (x: number) => { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
function* generator(x: number): Generator<number> { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); yield o.length; }

function overloaded(x: number): number;
function overloaded(x: string): number;
function overloaded(x: number | string): number { const o: Made[] = []; for (let i = 0; i < Number(x); i++) o.push({ a: i }); return o.length; }

abstract class Base<T> {
  declare unused: T;
  protected readonly size: number = 1;
  field = (x: number): number => { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
  constructor(public readonly count: number, private hidden = 1) {
    const o: Made[] = []; for (let i = 0; i < count; i++) o.push({ a: i + this.hidden });
    this.size = o.length;
  }
  abstract todo(x: number): number;
  public method<U>(x: number, y?: U): number { const o: unknown[] = []; for (let i = 0; i < x; i++) o.push({ a: i, y }); return o.length; }
  static async staticMethod(this: void, x: number): Promise<number> { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
  get value(): number { const o: Made[] = []; for (let i = 0; i < N; i++) o.push({ a: i }); return o.length; }
}

class Derived extends Base<string> {
  override todo(x: number): number { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
}

export default function (x: number): number { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
export function exported(x: number): number { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
export const object = {
  method(x: number): number { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; },
  pair: function (x: number): number { const o: Made[] = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; },
};

const top: Made[] = [];
for (let i = 0; i < N; i++) top.push({ a: i });
const d = new Derived(N);
fill(N); declaration(N); expression(N); arrow(N); bare(N); generic(N, ""); overloaded(N); exported(N);
void asyncDeclaration(N); void asyncArrow(N); generator(N).next();
d.field(N); d.method(N, ""); void Base.staticMethod(N); d.todo(N); d.value; object.method(N); object.pair(N);
void import("./forms.js").then((module) => module.default(N));
