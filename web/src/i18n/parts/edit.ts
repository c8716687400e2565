import en from '../en/edit.json'
import zh from '../zh/edit.json'
import { part } from '../part'

export default part('edit', zh, en)
