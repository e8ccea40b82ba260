import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { contentOf, temporaryFolders } from "#test/support/folders.ts";
import {
  type Ending,
  type PlatformProcess,
  startPlatformProcess,
  tryPlatformProcess,
} from "#test/support/platform-process.ts";

describe("a start that cannot be", function () {
  this.timeout(60_000);
  const folders = temporaryFolders();

  after(() => folders.removeAll());

  it("lists the options for --help, and ends well", async () => {
    const { exitCode, stdout, stderr } = await endingOf(["--help"]);
    expect(exitCode).to.equal(0);
    expect(stderr).to.equal("");
    for (const option of ["--port", "--data DIR", "--fresh", "--no-bots", "--help"])
      expect(stdout).to.include(option);
  });

  for (const { args, says } of [
    { args: ["--colour"], says: /--colour/ },
    { args: ["serve"], says: /serve/ },
    { args: ["--port", "http"], says: /--port takes a number .*"http"/ },
    { args: ["--port", "65536"], says: /--port takes a number .*"65536"/ },
    { args: ["--port", "80.5"], says: /--port/ },
    { args: ["--port", "-1"], says: /--port/ },
    { args: ["--port"], says: /--port/ },
    { args: ["--data", ""], says: /--data takes/ },
    { args: ["--fresh=yes"], says: /--fresh/ },
  ]) {
    it(`says what is wrong with \`${args.join(" ")}\``, async () => {
      expectClearLine(await endingOf(args), says);
    });
  }

  it("names the port that another program uses, and leaves the data as it was", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as { port: number };
    const folder = folders.make();
    await (await startPlatformProcess(["--port", "0", "--no-bots", "--data", folder])).kill("SIGTERM");
    const before = contentOf(folder);
    const ending = await endingOf(["--port", String(port), "--no-bots", "--data", folder]);
    expectClearLine(ending, new RegExp(`Port ${port} is in use by another program.*--port`));
    expect(contentOf(folder)).to.deep.equal(before);
    other.close();
  });

  it("names the folder that another process holds, which goes on undisturbed", async () => {
    const folder = folders.make();
    const holder = await startPlatformProcess(["--port", "0", "--no-bots", "--data", folder]);
    for (const more of [[], ["--fresh"]]) {
      const ending = await endingOf(["--port", "0", "--no-bots", "--data", folder, ...more]);
      expectClearLine(ending, new RegExp(`${folder} is in use by another process`));
    }
    const time = await fetch(`${holder.url}/api/v3/time`);
    expect(time.status).to.equal(200);
    expect((await holder.kill("SIGTERM")).exitCode).to.equal(0);
  });

  it("takes no folder that holds something else, not even with --fresh", async () => {
    const folder = folders.make();
    writeFileSync(join(folder, "thesis.txt"), "years of work");
    const before = contentOf(folder);
    for (const more of [[], ["--fresh"]]) {
      const ending = await endingOf(["--port", "0", "--data", folder, ...more]);
      expectClearLine(
        ending,
        /is not empty and holds no data of Meridian; choose another folder with --data/,
      );
    }
    expect(contentOf(folder)).to.deep.equal(before);
  });

  it("cannot make its folder where a file is, or under one", async () => {
    const folder = folders.make();
    const file = join(folder, "file");
    writeFileSync(file, "a file");
    for (const path of [file, join(file, "data")]) {
      const ending = await endingOf(["--port", "0", "--data", path]);
      expectClearLine(ending, new RegExp(`The data folder ${path} cannot be made or read`));
    }
    expect(Object.keys(contentOf(folder))).to.deep.equal(["file"]);
  });

  it("does not open a folder of another version", async () => {
    const folder = folders.make();
    writeFileSync(join(folder, "VERSION"), "meridian-data 99\nfrom the future\n");
    const before = contentOf(folder);
    const ending = await endingOf(["--port", "0", "--data", folder]);
    expectClearLine(ending, /has version "meridian-data 99\\nfrom the future"; this program knows/);
    expect(contentOf(folder).VERSION).to.equal(before.VERSION);
  });

  it("makes a folder that is not there yet, parents too", async () => {
    const folder = join(folders.make(), "a", "b");
    const platform = await startPlatformProcess(["--port", "0", "--no-bots", "--data", folder]);
    expect((await platform.kill("SIGTERM")).exitCode).to.equal(0);
    expect(existsSync(join(folder, "crypto-1.log.db"))).to.equal(true);
  });

  it("goes on in a folder where an earlier start was killed before it had made anything", async () => {
    const folder = folders.make();
    mkdirSync(folder, { recursive: true });
    for (const name of ["LOCK", "VERSION.new"]) writeFileSync(join(folder, name), "");
    const platform = await startPlatformProcess(["--port", "0", "--no-bots", "--data", folder]);
    expect((await platform.kill("SIGTERM")).exitCode).to.equal(0);
  });
});

async function endingOf(args: readonly string[]): Promise<Ending> {
  const result: PlatformProcess | Ending = await tryPlatformProcess(args);
  if (!("url" in result)) return result;
  await result.kill("SIGKILL");
  throw new Error(`it started with ${args.join(" ")}`);
}

/** One line for the person at the keyboard, an exit code that says no, no stack. */
function expectClearLine({ exitCode, stdout, stderr }: Ending, says: RegExp): void {
  expect(stderr).to.match(/^meridian: [^\n]+\n$/);
  expect(stderr).to.match(says);
  expect(exitCode).to.equal(1);
  expect(stdout).to.equal("");
}
