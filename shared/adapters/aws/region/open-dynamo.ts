import type { Clock } from "#shared/ports/clock.ts";
import { Dynamo, type DynamoRetry } from "../dynamodb/dynamo.ts";
import { type AwsPlace, pointedAt, prefixOf } from "./aws-place.ts";

/** The tables of a place. */
export function openDynamo(place: AwsPlace, clock: Clock, onRetry?: (retry: DynamoRetry) => void): Dynamo {
  return new Dynamo({
    region: place.region,
    ...pointedAt(place.endpoints?.dynamodb),
    prefix: prefixOf(place),
    clock,
    ...(onRetry === undefined ? {} : { onRetry }),
  });
}
