package powerloss

import (
	"errors"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// The calls of a file system that the disk listens to, in the form of SQLite's C interface.
type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	deleteFunc   = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
	writeFunc    = func(tls *libc.TLS, file, data uintptr, size int32, at int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

// vfs stands before SQLite's own file system: files are the same, but for the table of methods
// that a file points to, of which the disk's copy has four methods of its own.
type vfs struct {
	disk   *Disk
	parent *lib.Tsqlite3_vfs
	// kept holds what C memory points to.
	kept []any

	mu      sync.Mutex
	methods map[uintptr]uintptr // the parent's table → ours
	files   map[uintptr]openFile
}

// openFile is what belongs to one file handle of SQLite.
type openFile struct {
	path    string
	methods *lib.Tsqlite3_io_methods // the parent's
}

// Install puts a disk under every database that this process opens from now on. It is for test
// binaries, which do it once, before they open any.
func Install() (*Disk, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	found := lib.Xsqlite3_vfs_find(tls, 0)
	if found == 0 {
		return nil, errors.New("powerloss: SQLite has no file system")
	}
	d := &Disk{files: map[string]*file{}}
	v := &vfs{disk: d, parent: at[lib.Tsqlite3_vfs](found), methods: map[uintptr]uintptr{}, files: map[uintptr]openFile{}}
	d.vfs = v
	ours := libc.Xmalloc(tls, lib.Tsize_t(unsafe.Sizeof(*v.parent)))
	if ours == 0 {
		return nil, errors.New("powerloss: out of memory")
	}
	own := at[lib.Tsqlite3_vfs](ours)
	*own = *v.parent
	own.FpNext = 0
	own.FxOpen = keep(v, openFunc(v.open))
	own.FxDelete = keep(v, deleteFunc(v.remove))
	if result := lib.Xsqlite3_vfs_register(tls, ours, 1); result != lib.SQLITE_OK {
		return nil, errors.New("powerloss: SQLite does not take the file system")
	}
	return d, nil
}

// at is what lies at an address of C memory.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// function is the Go function that a C pointer stands for.
func function[F any](pointer uintptr) F {
	return *(*F)(unsafe.Pointer(&struct{ uintptr }{pointer}))
}

// keep makes a Go function into a C pointer, for as long as the vfs lives.
func keep[F any](v *vfs, f F) uintptr {
	held := &struct{ f F }{f}
	v.kept = append(v.kept, held)
	return *(*uintptr)(unsafe.Pointer(held))
}

func (v *vfs) open(tls *libc.TLS, self, name, handle uintptr, flags int32, outFlags uintptr) int32 {
	result := function[openFunc](v.parent.FxOpen)(tls, self, name, handle, flags, outFlags)
	if result != lib.SQLITE_OK || name == 0 {
		return result
	}
	path := libc.GoString(name)
	if err := v.disk.opened(path); err != nil {
		return lib.SQLITE_IOERR
	}
	v.adopt(tls, handle, path)
	return result
}

// adopt has the methods of a file go through the disk.
func (v *vfs) adopt(tls *libc.TLS, handle uintptr, path string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f := at[lib.Tsqlite3_file](handle)
	theirs := at[lib.Tsqlite3_io_methods](f.FpMethods)
	ours := v.methods[f.FpMethods]
	if ours == 0 {
		ours = libc.Xmalloc(tls, lib.Tsize_t(unsafe.Sizeof(*theirs)))
		table := at[lib.Tsqlite3_io_methods](ours)
		*table = *theirs
		table.FxClose = keep(v, closeFunc(v.close))
		table.FxWrite = keep(v, writeFunc(v.write))
		table.FxTruncate = keep(v, truncateFunc(v.truncate))
		table.FxSync = keep(v, syncFunc(v.sync))
		v.methods[f.FpMethods] = ours
	}
	v.files[handle] = openFile{path: path, methods: theirs}
	f.FpMethods = ours
}

func (v *vfs) of(handle uintptr) openFile {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.files[handle]
}

func (v *vfs) remove(tls *libc.TLS, self, name uintptr, syncDir int32) int32 {
	result := function[deleteFunc](v.parent.FxDelete)(tls, self, name, syncDir)
	if result == lib.SQLITE_OK {
		v.disk.deleted(libc.GoString(name))
	}
	return result
}

func (v *vfs) close(tls *libc.TLS, handle uintptr) int32 {
	f := v.of(handle)
	v.mu.Lock()
	delete(v.files, handle)
	v.mu.Unlock()
	return function[closeFunc](f.methods.FxClose)(tls, handle)
}

func (v *vfs) write(tls *libc.TLS, handle, data uintptr, size int32, offset int64) int32 {
	f := v.of(handle)
	result := function[writeFunc](f.methods.FxWrite)(tls, handle, data, size, offset)
	if result == lib.SQLITE_OK {
		v.disk.changed(f.path, change{at: offset, data: append([]byte(nil), unsafe.Slice(at[byte](data), size)...)})
	}
	return result
}

func (v *vfs) truncate(tls *libc.TLS, handle uintptr, size int64) int32 {
	f := v.of(handle)
	result := function[truncateFunc](f.methods.FxTruncate)(tls, handle, size)
	if result == lib.SQLITE_OK {
		v.disk.changed(f.path, change{at: size, truncates: true})
	}
	return result
}

func (v *vfs) sync(tls *libc.TLS, handle uintptr, flags int32) int32 {
	f := v.of(handle)
	if v.disk.fails() {
		return lib.SQLITE_IOERR_FSYNC
	}
	before := v.disk.pending(f.path)
	result := function[syncFunc](f.methods.FxSync)(tls, handle, flags)
	if result == lib.SQLITE_OK {
		v.disk.synced(f.path, before)
	}
	return result
}
