// js-conditional-property: run it with `before`, `after` or `nothing`.
"use strict";

class Loose {
  constructor(i) {
    this.a = i;
    this.b = i;
    if (i % 2) this.c = i; // ~
    if (i % 3) this.d = i; // ~
    this.e = i;
  }
}

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += new Loose(i).e;
  return sum;
}

class Whole {
  constructor(i) {
    this.a = i;
    this.b = i;
    this.c = i % 2 ? i : undefined;
    this.d = i % 3 ? i : undefined;
    this.e = i;
  }
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += new Whole(i).e;
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
