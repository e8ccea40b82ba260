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
    for (const option of [
      "--port",
      "--data DIR",
      "--fresh",
      "--regions N",
      "--embedded",
      "--backend B",
      "--no-bots",
      "--help",
    ])
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
    { args: ["--regions", "2"], says: /--regions takes 1 or 3, not "2"/ },
    { args: ["--embedded", "--regions", "3"], says: /--embedded is one Region in one process/ },
    { args: ["--backend", "azure"], says: /--backend takes embedded or aws-local, not "azure"/ },
    { args: ["--backend", "aws-local", "--embedded"], says: /--backend aws-local .* leave out --embedded/ },
  ]) {
    it(`says what is wrong with \`${args.join(" ")}\``, async () => {
      expectClearLine(await endingOf(args), says);
    });
  }

  for (const form of [["--embedded"], []]) {
    it(`names the port that another program uses, and leaves the data as it was (${form[0] ?? "three Regions"})`, async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, resolve));
      const { port } = other.address() as { port: number };
      const folder = folders.make();
      const first = await startPlatformProcess([...form, "--port", "0", "--no-bots", "--data", folder]);
      await first.kill("SIGTERM");
      const before = contentOf(folder);
      const ending = await endingOf([...form, "--port", String(port), "--no-bots", "--data", folder]);
      expectClearLine(ending, new RegExp(`Port ${port} is in use by another program.*--port`));
      expect(contentOf(folder)).to.deep.equal(before);
      other.close();
    });
  }

  it("does not misread what a platform of another form kept, and forgets it with --fresh alone", async () => {
    const folder = folders.make();
    const args = ["--port", "0", "--no-bots", "--data", folder];
    await (await startPlatformProcess(["--embedded", ...args])).kill("SIGTERM");
    const before = contentOf(folder);
    for (const form of [[], ["--regions", "1"]]) {
      expectClearLine(
        await endingOf([...form, ...args]),
        /holds one Region in one process \(--embedded\), not (3 Regions|one Region in processes) .*--fresh/,
      );
    }
    expect(contentOf(folder)).to.deep.equal(before);
    await (await startPlatformProcess([...args, "--fresh"])).kill("SIGTERM");
    const three = contentOf(folder);
    expectClearLine(
      await endingOf(["--embedded", ...args]),
      /holds 3 Regions \(--regions 3\), not one Region/,
    );
    expectClearLine(
      await endingOf(["--regions", "1", ...args]),
      /holds 3 Regions .*not one Region in processes/,
    );
    expectClearLine(
      await endingOf(["--embedded", "--port", "0", "--data", join(folder, "us-east-1")]),
      /holds us-east-1, one of 3 Regions, not one Region/,
    );
    expect(contentOf(folder)).to.deep.equal(three);
  });

  for (const { variable, program } of [
    { variable: "REDIS_SERVER_PATH", program: "Redis" },
    { variable: "POSTGRES_PATH", program: "PostgreSQL" },
  ])
    it(`names ${program} where it is missing for --backend aws-local, and leaves nothing running`, async () => {
      const result = await tryPlatformProcess(
        ["--backend", "aws-local", "--port", "0", "--no-bots", "--data", folders.make()],
        { env: { [variable]: "/nowhere/program" } },
      );
      if ("url" in result) throw new Error("it started");
      expectClearLine(result, new RegExp(`${program} is not installed .* ${variable}`));
    });

  it("does not empty a folder of files for --backend aws-local, which begins anew each time", async () => {
    const folder = folders.make();
    const args = ["--port", "0", "--no-bots", "--data", folder];
    await (await startPlatformProcess(["--regions", "1", ...args])).kill("SIGTERM");
    const before = contentOf(folder);
    expectClearLine(
      await endingOf(["--backend", "aws-local", "--regions", "1", ...args]),
      /holds one Region in processes \(--regions 1\), not .*--backend aws-local.*--fresh/,
    );
    expect(contentOf(folder)).to.deep.equal(before);
  });

  it("names the folder that another process holds, which goes on undisturbed", async () => {
    const folder = folders.make();
    const holder = await startPlatformProcess(["--embedded", "--port", "0", "--no-bots", "--data", folder]);
    for (const more of [[], ["--fresh"]]) {
      const ending = await endingOf(["--embedded", "--port", "0", "--no-bots", "--data", folder, ...more]);
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
    const platform = await startPlatformProcess(["--embedded", "--port", "0", "--no-bots", "--data", folder]);
    expect((await platform.kill("SIGTERM")).exitCode).to.equal(0);
    expect(existsSync(join(folder, "crypto-1.log.db"))).to.equal(true);
  });

  it("goes on in a folder where an earlier start was killed before it had made anything", async () => {
    const folder = folders.make();
    mkdirSync(folder, { recursive: true });
    for (const name of ["LOCK", "VERSION.new"]) writeFileSync(join(folder, name), "");
    const platform = await startPlatformProcess(["--embedded", "--port", "0", "--no-bots", "--data", folder]);
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
