import { Button, TextInput } from '@mantine/core'

import { messages } from '../messages'
import type { Show } from '../useView'
import type { View } from '../view'
import { queryOf, useSavedViews, viewOf, withView } from '../views'
import classes from './ListDialog.module.css'
import { ProblemAlert } from './ProblemAlert'
import { SavedViewRow } from './SavedViewRow'

const texts = messages.views

interface Props {
  view: View
  show: Show
  onClose: () => void
}

/** The views that have a name, and a form to give one to this view. */
export function SavedViews({ view, show, onClose }: Props) {
  const { views, save, error, reset } = useSavedViews()
  const add = (form: FormData) => {
    const name = String(form.get('name')).trim()
    if (name) save(withView(views, { name, query: queryOf(view) }))
  }
  return (
    <>
      {error && <ProblemAlert error={error} onRetry={reset} />}
      {views.length === 0 && <p className={classes.hint}>{texts.none}</p>}
      <ul className={classes.views} aria-label={texts.label}>
        {views.map((saved) => (
          <SavedViewRow
            key={saved.name}
            name={saved.name}
            isShown={saved.query === queryOf(view)}
            onChoose={() => {
              onClose()
              show(viewOf(saved))
            }}
            onRename={(name) => save(withView(views.filter((one) => one !== saved), { ...saved, name }))}
            onDelete={() => save(views.filter((one) => one !== saved))}
          />
        ))}
      </ul>
      <form className={classes.form} action={add}>
        <TextInput name="name" label={texts.name} maxLength={100} autoComplete="off" required />
        <Button type="submit">{texts.save}</Button>
      </form>
    </>
  )
}
