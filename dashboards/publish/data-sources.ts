/** A data source as Grafana's API takes it. */
export interface DataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly access: "proxy";
  readonly url: string;
  readonly isDefault: boolean;
  readonly jsonData: Readonly<Record<string, string | boolean>>;
}

export interface ObservedPlace {
  /** The managed Prometheus, to be asked. */
  readonly metricsUrl: string;
  /** Where that and the workspace are. */
  readonly region: string;
}

/** So often tasks send their metrics: a rate over less shows nothing. */
const METRICS_INTERVAL = "15s";
/** The workspace's own role, as Amazon Managed Grafana calls it. */
const ROLE = "ec2_iam_role";

/**
 * What a workspace asks. Boards ask Prometheus alone; CloudWatch is for what AWS measures by itself, X-Ray for traces. The logs' OpenSearch lies in each Region's network, where the workspace has no way in: they are read in
 * OpenSearch's own page.
 */
export function dataSources({ metricsUrl, region }: ObservedPlace): readonly DataSource[] {
  return [
    {
      uid: "meridian-prometheus",
      name: "Meridian: metrics",
      type: "prometheus",
      access: "proxy",
      url: metricsUrl,
      isDefault: true,
      jsonData: {
        httpMethod: "POST",
        timeInterval: METRICS_INTERVAL,
        sigV4Auth: true,
        sigV4AuthType: ROLE,
        sigV4Region: region,
      },
    },
    ofAws({ uid: "meridian-cloudwatch", name: "Meridian: CloudWatch", type: "cloudwatch" }, region),
    ofAws({ uid: "meridian-x-ray", name: "Meridian: X-Ray", type: "grafana-x-ray-datasource" }, region),
  ];
}

/** Types that every Grafana has; others are plugins, which a workspace may lack. */
export const BUILT_IN: readonly string[] = ["prometheus", "cloudwatch"];

function ofAws(named: Pick<DataSource, "uid" | "name" | "type">, region: string): DataSource {
  const jsonData = { authType: ROLE, defaultRegion: region };
  return { ...named, access: "proxy", url: "", isDefault: false, jsonData };
}
