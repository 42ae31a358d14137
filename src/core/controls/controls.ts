/** The published frameworks that checks are mapped to, each in the version whose numbers are used. */
export const FRAMEWORKS = {
  slsa: 'SLSA v1.2',
  ssdf: 'NIST SP 800-218 v1.1 (SSDF)',
  containers: 'NIST SP 800-190',
  soc2: 'SOC 2 CC8.1 (TSC 2017, points of focus of 2022)',
} as const;
export type Framework = keyof typeof FRAMEWORKS;

/** A control as its framework numbers and names it. */
export type Control = { readonly framework: Framework; readonly section: string; readonly title: string };

/** Every control that some check supports. Sections are those of the documents themselves; of CC8.1, its points of focus. */
export const CONTROLS = {
  'slsa-build-exists': { framework: 'slsa', section: 'Build L1', title: 'Provenance exists' },
  'slsa-build-authentic': { framework: 'slsa', section: 'Build L2', title: 'Provenance is authentic' },
  'slsa-build-verify': {
    framework: 'slsa',
    section: 'Verifying artifacts',
    title: 'Check provenance against expectations',
  },
  'slsa-build-process': { framework: 'slsa', section: 'Build L1', title: 'Follow a consistent build process' },
  'slsa-source-history': { framework: 'slsa', section: 'Source L2', title: 'History and provenance' },
  'slsa-source-review': { framework: 'slsa', section: 'Source L4', title: 'Two-party review' },
  'ssdf-po.2.1': {
    framework: 'ssdf',
    section: 'PO.2.1',
    title: 'Roles and responsibilities for all parts of the life cycle',
  },
  'ssdf-po.3.3': {
    framework: 'ssdf',
    section: 'PO.3.3',
    title: 'Tools generate artifacts of their support of secure practices',
  },
  'ssdf-po.4.1': {
    framework: 'ssdf',
    section: 'PO.4.1',
    title: 'Criteria for security checks, tracked through the life cycle',
  },
  'ssdf-po.4.2': { framework: 'ssdf', section: 'PO.4.2', title: 'Gather and safeguard what supports the criteria' },
  'ssdf-po.5.1': {
    framework: 'ssdf',
    section: 'PO.5.1',
    title: 'Separate and protect each environment of development',
  },
  'ssdf-ps.1.1': { framework: 'ssdf', section: 'PS.1.1', title: 'Store all forms of code by least privilege' },
  'ssdf-ps.2.1': { framework: 'ssdf', section: 'PS.2.1', title: 'Make integrity verification information available' },
  'ssdf-ps.3.1': {
    framework: 'ssdf',
    section: 'PS.3.1',
    title: 'Archive the files and supporting data of each release',
  },
  'ssdf-ps.3.2': {
    framework: 'ssdf',
    section: 'PS.3.2',
    title: 'Collect, safeguard, maintain and share provenance data',
  },
  'ssdf-pw.4.4': { framework: 'ssdf', section: 'PW.4.4', title: 'Verify that acquired components comply' },
  'ssdf-pw.7.2': {
    framework: 'ssdf',
    section: 'PW.7.2',
    title: 'Review or analyse code, record and triage what is found',
  },
  'ssdf-pw.8.2': {
    framework: 'ssdf',
    section: 'PW.8.2',
    title: 'Test executable code, record and triage what is found',
  },
  'ssdf-rv.1.2': {
    framework: 'ssdf',
    section: 'RV.1.2',
    title: 'Review, analyse and test for undetected vulnerabilities',
  },
  'ssdf-rv.2.2': { framework: 'ssdf', section: 'RV.2.2', title: 'Plan and implement responses to vulnerabilities' },
  'nist-190-4.1.1': { framework: 'containers', section: '4.1.1', title: 'Image vulnerabilities' },
  'nist-190-4.1.2': { framework: 'containers', section: '4.1.2', title: 'Image configuration defects' },
  'nist-190-4.1.5': { framework: 'containers', section: '4.1.5', title: 'Use of untrusted images' },
  'nist-190-4.2.2': { framework: 'containers', section: '4.2.2', title: 'Stale images in registries' },
  'nist-190-4.2.3': {
    framework: 'containers',
    section: '4.2.3',
    title: 'Insufficient authentication and authorization restrictions',
  },
  'nist-190-4.4.5': { framework: 'containers', section: '4.4.5', title: 'Rogue containers' },
  'cc8.1-lifecycle': {
    framework: 'soc2',
    section: 'Life cycle',
    title: 'Manages changes throughout the system life cycle',
  },
  'cc8.1-authorizes': { framework: 'soc2', section: 'Authorizes', title: 'Authorizes changes' },
  'cc8.1-documents': { framework: 'soc2', section: 'Documents', title: 'Documents changes' },
  'cc8.1-tracks': { framework: 'soc2', section: 'Tracks', title: 'Tracks system changes' },
  'cc8.1-tests': { framework: 'soc2', section: 'Tests', title: 'Tests system changes' },
  'cc8.1-approves': { framework: 'soc2', section: 'Approves', title: 'Approves system changes' },
  'cc8.1-deploys': { framework: 'soc2', section: 'Deploys', title: 'Deploys system changes' },
  'cc8.1-emergency': {
    framework: 'soc2',
    section: 'Emergencies',
    title: 'Provides for changes necessary in emergency situations',
  },
} as const satisfies Readonly<Record<string, Control>>;
export type ControlId = keyof typeof CONTROLS;
