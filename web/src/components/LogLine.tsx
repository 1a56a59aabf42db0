import classes from './places/LogsPlace.module.css'

type Told = Record<string, unknown>

/** One line of the log: when, how grave, what, and all else that it tells. */
export function LogLine({ line }: { line: string }) {
  const told = readLine(line)
  if (told === null) return <li className={classes.line}>{line}</li>
  const { timestamp, level, event, ...rest } = told
  const details = Object.entries(rest).map(([name, value]) => `${name}=${write(value)}`)
  return (
    <li className={classes.line} data-level={write(level)}>
      <time>{write(timestamp).slice(0, 19).replace('T', ' ')}</time>
      <span className={classes.level}>{write(level)}</span>
      <span>
        <strong>{write(event)}</strong> {details.join('  ')}
      </span>
    </li>
  )
}

function readLine(line: string): Told | null {
  try {
    const told: unknown = JSON.parse(line)
    return typeof told === 'object' && told !== null ? (told as Told) : null
  } catch {
    return null // what another program wrote there
  }
}

function write(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}
