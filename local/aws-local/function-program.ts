// Plays Lambda around a bundle: imports its handler once, then answers one call after the other from the process that started this one.
interface Call {
  readonly id: number;
  readonly event: unknown;
}

const [bundle = "", name = ""] = process.argv.slice(2);
const { handler } = (await import(bundle)) as {
  handler: (event: unknown, context: object) => Promise<unknown>;
};
process.on("message", ({ id, event }: Call) => {
  handler(event, {
    functionName: name,
    awsRequestId: String(id),
    getRemainingTimeInMillis: () => 25_000,
  }).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.({ id: 0 });
