/** What an operation of an AWS API takes. */
export interface Operation {
  readonly members: readonly string[];
  readonly required: readonly string[];
}

/** Services as the CLI calls them, and the SDK's package where that is another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  dynamodb: "client-dynamodb",
  kinesis: "client-kinesis",
  kms: "client-kms",
  s3api: "client-s3",
  secretsmanager: "client-secrets-manager",
  sns: "client-sns",
  sqs: "client-sqs",
};

/**
 * An operation as the SDK's own client models it; `undefined` for a service of which we have no client, or an operation that it has not. The clients carry their models with them: for the operation `X` they export `X$`, whose input is a
 * structure `[kind, namespace, name, traits, member names, member schemas, how many of the first are required]`.
 */
export async function sdkOperation(service: string, operation: string): Promise<Operation | undefined> {
  const name = PACKAGES[service];
  if (name === undefined) return undefined;
  const client = (await import(`@aws-sdk/${name}`)) as Readonly<Record<string, unknown>>;
  const model = client[`${operation}$`];
  if (!Array.isArray(model)) return undefined;
  const input: unknown = typeof model[4] === "function" ? model[4]() : model[4];
  if (!Array.isArray(input) || !Array.isArray(input[4]))
    throw new Error(`@aws-sdk/${name} models ${operation} in another form than is known here`);
  const members = input[4] as string[];
  return { members, required: members.slice(0, Number(input[6] ?? 0)) };
}

/** True for a service whose client is a dependency. */
export function hasClient(service: string): boolean {
  return Object.hasOwn(PACKAGES, service);
}

/** The operations of a service that we have a client of. */
export async function sdkOperations(service: string): Promise<readonly string[]> {
  const client = (await import(`@aws-sdk/${PACKAGES[service]}`)) as Readonly<Record<string, unknown>>;
  return Object.keys(client).flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? []);
}
