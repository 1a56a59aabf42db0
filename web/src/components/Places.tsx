import { ActionIcon, Drawer } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import { type MouseEvent, useState } from 'react'

import { messages } from '../messages'
import { ICONS, type Place, PLACES } from '../places'
import type { Show } from '../useView'
import { DEFAULTS, EVERYTHING, writeView } from '../view'
import classes from './Places.module.css'

interface Props {
  place: Place
  show: Show
}

/** The ways to every place, beside the page. */
export function PlaceRail(props: Props) {
  return (
    <nav className={classes.rail} aria-label={messages.places.label}>
      <PlaceList {...props} />
    </nav>
  )
}

/** The same in a drawer, where there is no room beside the page. */
export function PlaceMenu({ place, show }: Props) {
  const [opened, open] = useState(false)
  return (
    <>
      <ActionIcon
        className={classes.menu ?? ''}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={messages.places.open}
        onClick={() => open(true)}
      >
        <IconMenu2 size={20} stroke={1.6} />
      </ActionIcon>
      <Drawer.Root
        opened={opened}
        onClose={() => open(false)}
        size="16rem"
        lockScroll={false} // as in Details
      >
        <Drawer.Overlay backgroundOpacity={0.35} />
        <Drawer.Content aria-label={messages.places.label}>
          <div className={classes.head}>
            <Drawer.CloseButton aria-label={messages.places.close} />
          </div>
          <Drawer.Body>
            <PlaceList
              place={place}
              show={(wanted) => {
                open(false)
                show(wanted)
              }}
            />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    </>
  )
}

function PlaceList({ place, show }: Props) {
  return (
    <ul className={classes.list}>
      {PLACES.map((name) => (
        <li key={name}>
          <PlaceLink name={name} isHere={name === place} show={show} />
        </li>
      ))}
    </ul>
  )
}

function PlaceLink({ name, isHere, show }: { name: Place; isHere: boolean; show: Show }) {
  const Symbol = ICONS[name]
  const go = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return // a tab or a window of its own
    event.preventDefault()
    show({ ...EVERYTHING, by: DEFAULTS.by, place: name })
  }
  return (
    <a
      className={classes.link}
      href={writeView({ ...DEFAULTS, place: name }) || '?'}
      aria-current={isHere ? 'page' : undefined}
      onClick={go}
    >
      <Symbol size={18} stroke={1.6} />
      {messages.places[name]}
    </a>
  )
}
