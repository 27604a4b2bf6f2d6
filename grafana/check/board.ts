// A dashboard as Grafana's own types have it, closed where they are open: the options of each kind of panel, its queries, its transformations.
// The paths of these modules lead into one release of Grafana's schema or another: types.mjs.
import type { AnnotationQuery, Dashboard, FieldConfig, GraphFieldConfig, Panel, TableFieldOptions, VariableModel } from '@grafana/schema';
import type { Options as NodeGraphOptions } from 'composable/nodegraph/panelcfg/x/NodeGraphPanelCfg_types.gen';
import type { PrometheusDataQuery } from 'prometheus/PrometheusDataQuery_types.gen';
import type { Options as StatOptions } from 'composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { FieldConfig as TimelineFieldConfig, Options as TimelineOptions } from 'composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { Options as TableOptions } from 'composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { Options as TimeSeriesOptions } from 'composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// JSON has no enums: each stands for its values.
type Plain<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T : T extends (infer I)[] ? Plain<I>[] : { [K in keyof T]: Plain<T[K]> };

type Link = { title: string; url: string; targetBlank: boolean };

type Properties = Omit<FieldConfig, 'custom' | 'links'> & { links: Link[] };
type Property =
  | { [K in keyof Properties]-?: { id: K; value: NonNullable<Properties[K]> } }[keyof Properties]
  | { [K in keyof TableFieldOptions & string]-?: { id: `custom.${K}`; value: NonNullable<TableFieldOptions[K]> } }[keyof TableFieldOptions & string];

type Transformation =
  | { id: 'merge'; options: Record<string, never> }
  | { id: 'joinByField'; options: { byField: string; mode: 'outer' | 'inner' } }
  | { id: 'sortBy'; options: { sort: { field: string; desc: boolean }[] } }
  | { id: 'filterFieldsByName'; options: { include: { names: string[] } } }
  | { id: 'convertFieldType'; options: { fields: Record<string, never>; conversions: { targetField: string; destinationType: 'number' }[] } }
  | {
      id: 'organize';
      options: {
        excludeByName: Record<string, boolean>;
        includeByName: Record<string, boolean>;
        indexByName: Record<string, number>;
        renameByName: Record<string, string>;
      };
    };

type Of<Type extends string, Options, Custom> = Omit<Panel, 'type' | 'options' | 'targets' | 'transformations' | 'fieldConfig'> & {
  type: Type;
  title: string;
  description: string;
  options: Options;
  targets: Omit<PrometheusDataQuery, 'queryType' | 'hide'>[];
  transformations?: Transformation[];
  fieldConfig: {
    defaults: Omit<FieldConfig, 'custom' | 'links'> & { custom?: Custom; links?: Link[] };
    overrides: { matcher: { id: 'byName' | 'byRegexp' | 'byFrameRefID'; options: string }; properties: Property[] }[];
  };
};

// What is left out of options has a default: the first of them is no option in Grafana 10.
type AnyPanel =
  | Of<'stat', Omit<StatOptions, 'percentChangeColorMode'>, Record<string, never>>
  | Of<'table', Omit<TableOptions, 'frameIndex'>, Partial<TableFieldOptions>>
  | Of<'timeseries', TimeSeriesOptions, GraphFieldConfig>
  | Of<'state-timeline', TimelineOptions, TimelineFieldConfig>
  | Of<'nodeGraph', NodeGraphOptions, Record<string, never>>;

// What Grafana's Prometheus data source adds to an annotation, and to a variable.
type Annotation = AnnotationQuery & { expr: string; step: string; titleFormat: string; textFormat: string; tagKeys: string };
type Variable = Omit<VariableModel, 'query' | 'current'> & {
  query: string | { query: string; refId: string };
  definition?: string;
  current: Record<string, never> | { selected: boolean; text: string | string[]; value: string | string[] };
};

export type Board = Plain<
  Omit<Dashboard, 'panels' | 'templating' | 'annotations'> & {
    id: null;
    panels: AnyPanel[];
    templating: { list: Variable[] };
    annotations: { list: Annotation[] };
  }
>;
