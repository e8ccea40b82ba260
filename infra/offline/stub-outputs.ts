/**
 * What a stack that was never applied would hand over: values of the right form, so that the stacks after it can be planned and tried. For offline work only;
 * nothing that is applied ever sees them.
 */
export function stubOutput(stack: string, name: string, accountId: string): string {
  const region = (/^region-(.*)$/.exec(stack)?.[1] ?? "us-east-1").toString();
  const key = /_key_arn_(\w+)$/.exec(name)?.[1];
  if (key !== undefined)
    return `arn:aws:kms:${key.replaceAll("_", "-")}:${accountId}:key/mrk-00000000000000000000000000000000`;
  const known: Record<string, string> = {
    issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_stub00000",
    audience: "stub0client0stub0client000",
    zone_id: "Z0000000000000000000",
    name_servers: "ns-1.awsdns-01.org,ns-2.awsdns-02.com",
    origin_token: "stub".repeat(12),
    metrics_workspace_id: "ws-00000000-0000-0000-0000-000000000000",
    metrics_workspace_arn: `arn:aws:aps:us-east-1:${accountId}:workspace/ws-00000000-0000-0000-0000-000000000000`,
    metrics_write_url:
      "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-00000000-0000-0000-0000-000000000000/api/v1/remote_write",
  };
  const value = known[name];
  if (value !== undefined) return value;
  if (name === "live_door_arn")
    return `arn:aws:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/stub/0000000000000000`;
  if (name.endsWith("_zone")) return "Z1111111111111111111";
  if (name.endsWith("_name")) return `${name.replaceAll("_", "-")}.${region}.stub.example`;
  return `stub-${name.replaceAll("_", "-")}`;
}
