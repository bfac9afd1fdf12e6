declare module 'parse-prometheus-text-format' {
  interface Sample { value?: string, labels?: Record<string, string> }
  export default function parse (text: string): Array<{ name: string, metrics: Sample[] }>
}
