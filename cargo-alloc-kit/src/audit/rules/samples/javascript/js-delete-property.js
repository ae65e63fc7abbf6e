// js-delete-property: run it with `before`, `after` or `nothing`.
"use strict";

class Loose {
  constructor(i) {
    this.a = i;
    this.b = i;
    this.c = i;
  }

  forget() {
    delete this.a; // ~
    return this.c;
  }
}

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += new Loose(i).forget();
  return sum;
}

class Kept {
  constructor(i) {
    this.a = i;
    this.b = i;
    this.c = i;
  }

  forget() {
    this.a = undefined;
    return this.c;
  }
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += new Kept(i).forget();
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
