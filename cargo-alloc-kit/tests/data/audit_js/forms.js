// Every form of function, each of which allocates: recorded by record.mjs, and read by the tests of src/audit/profile/v8.rs.
'use strict';
const keep = [];
const N = 3000;
function declaration(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
const expression = function (x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const namedExpression = function inner(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const arrow = (x) => { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const bare = x => { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
async function asyncDeclaration(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
const asyncArrow = async (x) => { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const asyncBare = async x => { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
const asyncExpression = async function (x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
function* generator(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); yield o.length; }
const generatorExpression = function* (x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); yield o.length; };
async function* asyncGenerator(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); yield o.length; }
const object = {
  method(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; },
  async asyncMethod(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; },
  *generatorMethod(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); yield o.length; },
  ['computed' + 1](x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; },
  pair: function (x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; },
  get getter() { const o = []; for (let i = 0; i < N; i++) o.push({ a: i }); return o.length; },
  set setter(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); },
};
class Thing {
  field = (x) => { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; };
  list = Array.from({ length: N }, () => ({ a: 1 }));
  static shared = Array.from({ length: N }, (_, i) => ({ a: i }));
  static { keep.push(Array.from({ length: N }, (_, i) => ({ b: i }))); }
  constructor(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); this.length = o.length; }
  method(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
  static staticMethod(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
  #hidden(x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; }
  call(x) { return this.#hidden(x); }
  get value() { const o = []; for (let i = 0; i < N; i++) o.push({ a: i }); return o.length; }
}
class Derived extends Thing {
  other = Array.from({ length: N }, () => ({ a: 1 }));
}
const iife = (function (x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); return o.length; })(N);
const top = []; for (let i = 0; i < N; i++) top.push({ a: i });
const t = new Thing(N), d = new Derived(N);
declaration(N); expression(N); namedExpression(N); arrow(N); bare(N); asyncDeclaration(N); asyncArrow(N); asyncBare(N); asyncExpression(N);
generator(N).next(); generatorExpression(N).next(); asyncGenerator(N).next();
object.method(N); object.asyncMethod(N); object.generatorMethod(N).next(); object.computed1(N); object.pair(N); object.getter; object.setter = N;
t.field(N); t.method(N); Thing.staticMethod(N); t.call(N); t.value;
setTimeout(function (x) { const o = []; for (let i = 0; i < x; i++) o.push({ a: i }); }, 1, N);
