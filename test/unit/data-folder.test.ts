import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { openDataFolder } from "#shared/adapters/embedded/data-folder.ts";
import { openDatabase, transaction } from "#shared/adapters/embedded/open-database.ts";
import { temporaryFolders } from "#test/support/folders.ts";

const SCHEMA = { version: 3, statements: "CREATE TABLE t (a INTEGER PRIMARY KEY) STRICT" };

describe("a data folder", () => {
  const folders = temporaryFolders();

  after(() => folders.removeAll());

  it("is held by one alone, until it is closed", () => {
    const path = folders.make();
    const folder = openDataFolder(path);
    expect(() => openDataFolder(path)).to.throw(/in use by another process/);
    folder.close();
    folder.close();
    openDataFolder(path).close();
  });

  it("is free again when its process was killed", () => {
    const path = folders.make();
    const module = new URL("../../shared/adapters/embedded/data-folder.ts", import.meta.url).href;
    const program = `const { openDataFolder } = await import(${JSON.stringify(module)});
      openDataFolder(${JSON.stringify(path)}); process.kill(process.pid, "SIGKILL");`;
    const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", program]);
    expect(signal).to.equal("SIGKILL");
    openDataFolder(path).close();
  });

  it("remembers which files it holds", () => {
    const path = folders.make();
    const first = openDataFolder(path);
    expect(first.file("log.db")).to.deep.equal({ file: join(path, "log.db"), known: false });
    first.remember(["log.db", "journal.db"]);
    first.close();
    const second = openDataFolder(path);
    expect(second.file("log.db").known).to.equal(true);
    expect(second.file("new.db").known).to.equal(false);
    second.close();
  });

  it("is emptied by fresh, and then knows no files", () => {
    const path = folders.make();
    const first = openDataFolder(path);
    writeFileSync(first.file("log.db").file, "data");
    mkdirSync(join(path, "more"));
    first.remember(["log.db"]);
    first.close();
    const fresh = openDataFolder(path, { fresh: true });
    expect(readdirSync(path).filter((name) => !name.startsWith("LOCK"))).to.deep.equal(["LAYOUT", "VERSION"]);
    expect(fresh.file("log.db").known).to.equal(false);
    fresh.close();
  });

  it("keeps the layout that it was made with, and is refused to every other until fresh empties it", () => {
    const path = folders.make();
    openDataFolder(path, { layout: "three" }).close();
    expect(() => openDataFolder(path)).to.throw(/ holds three, not one Region in one process/);
    openDataFolder(path, { layout: "three" }).close();
    openDataFolder(path, { layout: "one", fresh: true }).close();
    expect(() => openDataFolder(path, { layout: "three" })).to.throw(
      / holds one, not three; .*--data.*--fresh/,
    );
  });

  it("of a version without layouts is one Region if it names its files, and nothing that is known otherwise", () => {
    const path = folders.make();
    const first = openDataFolder(path);
    first.remember(["log.db"]);
    first.close();
    rmSync(join(path, "LAYOUT"));
    expect(() => openDataFolder(path, { layout: "three" })).to.throw(/ holds one Region in one process/);
    openDataFolder(path).close();
    rmSync(join(path, "FILES"));
    mkdirSync(join(path, "us-east-1"));
    for (const layout of ["one", "three"])
      expect(() => openDataFolder(path, { layout })).to.throw(/ holds what an earlier version kept/);
  });

  it("is still ours when a fresh start was killed in the middle of the emptying", () => {
    const path = folders.make();
    openDataFolder(path).close();
    // What it leaves at worst: the version, and some of the files.
    writeFileSync(join(path, "journal.db"), "half");
    openDataFolder(path, { fresh: true }).close();
    expect(existsSync(join(path, "journal.db"))).to.equal(false);
  });
});

describe("a database file", () => {
  const folders = temporaryFolders();

  after(() => folders.removeAll());

  it("commits with an fsync each: a write-ahead log, synchronous = FULL", () => {
    const database = openDatabase({ file: join(folders.make(), "x.db") }, SCHEMA);
    expect(database.prepare("PRAGMA journal_mode").get()?.journal_mode).to.equal("wal");
    expect(database.prepare("PRAGMA synchronous").get()?.synchronous).to.equal(2);
    database.close();
  });

  it("is made anew where a start was killed before it had made the tables", () => {
    const file = join(folders.make(), "x.db");
    const half = new DatabaseSync(file);
    half.exec("PRAGMA journal_mode = WAL");
    half.close();
    expect(statSync(file).size).to.be.greaterThan(0);
    const database = openDatabase({ file }, SCHEMA);
    expect(database.prepare("SELECT count(*) AS n FROM t").get()?.n).to.equal(0);
    database.close();
  });

  it("is not made anew where it is known, be it missing, empty or without its tables", () => {
    const file = join(folders.make(), "x.db");
    expect(() => openDatabase({ file, known: true }, SCHEMA)).to.throw(/x\.db is missing\.$/);
    expect(existsSync(file)).to.equal(false);
    writeFileSync(file, "");
    expect(() => openDatabase({ file, known: true }, SCHEMA)).to.throw(/x\.db is damaged: it is empty\.$/);
    expect(readFileSync(file)).to.have.length(0);
    const bare = new DatabaseSync(file);
    bare.exec("PRAGMA journal_mode = WAL");
    bare.close();
    expect(() => openDatabase({ file, known: true }, SCHEMA)).to.throw(/x\.db is damaged: it is empty\.$/);
  });

  it("of another version is refused, and named", () => {
    const file = join(folders.make(), "x.db");
    openDatabase({ file }, SCHEMA).close();
    expect(() => openDatabase({ file }, { ...SCHEMA, version: 4 })).to.throw(
      /x\.db has version 3; this program knows 4\.$/,
    );
  });

  it("takes a transaction whole or not at all", () => {
    const database = openDatabase({ file: join(folders.make(), "x.db") }, SCHEMA);
    const insert = database.prepare("INSERT INTO t VALUES (?)");
    transaction(database, () => insert.run(1));
    expect(() =>
      transaction(database, () => {
        insert.run(2);
        insert.run(1);
      }),
    ).to.throw();
    expect(
      database
        .prepare("SELECT a FROM t")
        .all()
        .map(({ a }) => a),
    ).to.deep.equal([1]);
    transaction(database, () => insert.run(3));
    database.close();
  });
});
