import classes from './Facts.module.css'

/** A name and a value; without a value it is not shown. */
export type Fact = [name: string, value: string | undefined]

export function Facts({ facts }: { facts: Fact[] }) {
  const known = facts.filter(([, value]) => value)
  return (
    <dl className={classes.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
