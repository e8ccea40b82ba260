/** A command line of the AWS CLI. */
export interface AwsCommand {
  readonly line: string;
  /** As the CLI calls it: `sqs`, `rds`. */
  readonly service: string;
  /** `start-message-move-task` */
  readonly operation: string;
  /** Options without their dashes and values: `source-arn`. */
  readonly options: readonly string[];
}

const BLOCK = /```sh aws\n([\s\S]*?)```/g;
const INLINE = /`(aws [a-z][^`]*)`/g;

/** The AWS commands of a page: blocks marked `sh aws`, and code in its text that begins with `aws`. Throws for a line that is none. */
export function awsCommandsOf(page: string): AwsCommand[] {
  const blocks = [...page.matchAll(BLOCK)].flatMap(([, text = ""]) => text.trim().split("\n"));
  const inline = [...page.replaceAll(BLOCK, "").matchAll(INLINE)].map(([, text = ""]) => text);
  return [...blocks, ...inline].map(parse);
}

function parse(line: string): AwsCommand {
  const [program, service = "", operation = "", ...rest] = wordsOf(line);
  if (program !== "aws" || !/^[a-z][a-z0-9-]*$/.test(operation))
    throw new Error(`no command of the AWS CLI: ${line}`);
  const options = rest.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
  return { line, service, operation, options };
}

/** Words as a shell parts them; what stands in quotes is one. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'[^']*'|"[^"]*"|\S+/g)].map(([word]) => word);
}

/**
 * An API's name as the CLI writes it: `DBClusterIdentifier` is `db-cluster-identifier`, `SourceArn` is `source-arn`, `KMSKeyId` is `kms-key-id` (AWS CLI User Guide, "Command structure": names in lower case with hyphens).
 */
export function cliName(name: string): string {
  return name
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}
