// js-late-property: run it with `before`, `after` or `nothing`.
"use strict";

const kept = [];

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const p = {}; // ~
    p.a = i;
    p.b = i;
    p.c = i;
    p.d = i;
    p.e = i;
    p.f = i;
    p.g = i;
    p.h = i;
    kept[i % 100] = p;
    sum += p.h;
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) {
    const p = { a: i, b: i, c: i, d: i, e: i, f: i, g: i, h: i };
    kept[i % 100] = p;
    sum += p.h;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
