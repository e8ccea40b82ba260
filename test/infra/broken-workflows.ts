/** A workflow that nothing is wrong with. */
export const SOUND = `name: sample
on:
  schedule:
    - cron: "17 5 * * *"
  workflow_dispatch:
    inputs:
      environment:
        type: choice
        options: [dev, prod]
permissions:
  contents: read
jobs:
  first:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    strategy:
      matrix:
        zone: [a, b]
    steps:
      - id: look
        if: github.event_name == 'schedule'
        run: echo "\${{ matrix.zone }} \${{ inputs.environment }}"
  second:
    needs: first
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683
      - run: echo "\${{ format('{0}', github.sha) }}"
`;

/** Ways to break it, and what must be said of each. */
export const FAULTS: Readonly<
  Record<string, { readonly from: string; readonly to: string; readonly says: RegExp }>
> = {
  "YAML that is none": { from: "jobs:", to: "jobs: [", says: /./ },
  "a key that nothing reads": { from: "timeout-minutes", to: "timeout-minuets", says: /timeout-minuets/ },
  "a job that says not where it runs": {
    from: "    runs-on: ubuntu-24.04\n    timeout",
    to: "    timeout",
    says: /runs-on/,
  },
  "an event that GitHub does not have": {
    from: "workflow_dispatch:",
    to: "workflow_despatch:",
    says: /workflow_despatch/,
  },
  "a permission that GitHub does not have": { from: "contents: read", to: "content: read", says: /content/ },
  "a permission of another strength": { from: "contents: read", to: "contents: admin", says: /admin/ },
  "a job that waits for one that is not there": { from: "needs: first", to: "needs: third", says: /third/ },
  "an expression that does not parse": { from: "github.event_name ==", to: "github.event_name =", says: /./ },
  "a context that is not there": { from: "github.sha", to: "git.sha", says: /./ },
  "a value that a context does not have": { from: "matrix.zone", to: "matrix.zones", says: /zones/ },
  "an input that was not declared": { from: "inputs.environment", to: "inputs.environ", says: /environ/ },
  "a function that is not there": { from: "format('{0}'", to: "fromat('{0}'", says: /fromat/ },
  "words that a format lacks": { from: "format('{0}'", to: "format('{0} {1}'", says: /format/i },
  "a schedule that is none": { from: "17 5 * * *", to: "17 25 * * *", says: /cron/i },
  "an action without a version": {
    from: "@11bd71901bbe5b1630ceea73d27597364c9af683",
    to: "",
    says: /actions\/checkout/,
  },
  "a version cut short": { from: "11bd71901bbe5b1630ceea73d27597364c9af683", to: "11bd719", says: /11bd719/ },
  "a step that does two things": {
    from: "      - uses: actions",
    to: "      - run: ls\n        uses: actions",
    says: /run|uses/,
  },
};
