import classes from './Dialog.module.css'

interface Props {
  name: string // of what one of several is chosen for
  label: string
  hint: string
  checked: boolean
  onChoose: () => void
}

/** One of several ways, with what is to be known of it. */
export function Choice({ name, label, hint, checked, onChoose }: Props) {
  return (
    <label className={classes.choice}>
      <input type="radio" name={name} aria-label={label} checked={checked} onChange={onChoose} />
      <span>
        {label}
        <span className={classes.hint}>{hint}</span>
      </span>
    </label>
  )
}
