// js-entries: run it with `before`, `after` or `nothing`.
"use strict";

const users = Array.from({ length: 1000 }, (_, id) => ({ id, name: `user ${id}`, tags: [id % 7, id % 11] }));
const byId = Object.fromEntries(users.map((user) => [user.name, user]));

function before() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    for (const [key, user] of Object.entries(byId)) sum += key.length + user.id; // ~
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    for (const key of Object.keys(byId)) sum += key.length + byId[key].id;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
