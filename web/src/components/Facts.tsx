import classes from './Facts.module.css'

/** A name, a value, and who says so, if that is worth a word; without a value it is not shown. */
export type Fact = [name: string, value: string | undefined, source?: string | undefined]

export function Facts({ facts }: { facts: Fact[] }) {
  const known = facts.filter(([, value]) => value)
  return (
    <dl className={classes.facts}>
      {known.map(([name, value, source]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {source && <span className={classes.source}>{source}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
