// A small PeerJS server, with the standard library only: an example of a server that signalbox conform tests in CI.
// It serves one key, and has no TLS. Build it with: go build -o server server.go. See docs/conformance.md.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxMessage   = 1 << 20
	maxQueued    = 1024
	maxHeld      = 1000
	maxMalformed = 100
	maxID        = 128
	methods      = "GET, HEAD, OPTIONS"

	opText, opBinary, opClose, opPing, opPong = 1, 2, 8, 9, 10
)

var (
	port      = flag.Int("port", 9000, "port")
	path      = flag.String("path", "/", "path prefix")
	key       = flag.String("key", "peerjs", "key")
	expire    = flag.Int("expire", 5000, "how long a message is held, in ms")
	alive     = flag.Int("alive", 60000, "liveness timeout, in ms")
	limit     = flag.Int("limit", 5000, "number of peers")
	discovery = flag.Bool("discovery", false, "list the peers")
)

// A socket is the server's side of one WebSocket (RFC 6455). Frames go through a queue, so that no peer waits for another one.
type socket struct {
	conn   net.Conn
	queue  chan []byte
	isOpen bool // guarded by the mutex of the server
}

func newSocket(conn net.Conn) *socket {
	s := &socket{conn: conn, queue: make(chan []byte, maxQueued), isOpen: true}
	go func() {
		for frame := range s.queue {
			if _, err := conn.Write(frame); err != nil {
				conn.Close()
			}
		}
	}()
	return s
}

// send returns false if the peer reads too slowly.
func (s *socket) send(op byte, payload []byte) bool {
	if !s.isOpen {
		return true
	}
	head := []byte{0x80 | op, byte(len(payload))}
	if len(payload) > 65535 {
		head = binary.BigEndian.AppendUint64([]byte{0x80 | op, 127}, uint64(len(payload)))
	} else if len(payload) > 125 {
		head = binary.BigEndian.AppendUint16([]byte{0x80 | op, 126}, uint16(len(payload)))
	}
	select {
	case s.queue <- append(head, payload...):
		return true
	default:
		return false
	}
}

// close sends a close frame. The TCP connection ends with the client's answer, or after a second.
func (s *socket) close(code uint16) {
	if s.isOpen {
		s.send(opClose, binary.BigEndian.AppendUint16(nil, code))
		s.isOpen = false
		close(s.queue)
		time.AfterFunc(time.Second, func() { s.conn.Close() })
	}
}

var errProtocol, errTooLarge = errors.New("protocol error"), errors.New("too large")

// receive reads a message of one or more frames; control frames come in between.
func receive(in *bufio.Reader, parts *[]byte, partsOp *byte) (byte, []byte, error) {
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:2]); err != nil {
			return 0, nil, err
		}
		isFinal, op, size := head[0]&0x80 != 0, head[0]&0x0f, uint64(head[1]&0x7f)
		if head[0]&0x70 != 0 || head[1]&0x80 == 0 || op >= opClose && (size > 125 || !isFinal) {
			return 0, nil, errProtocol
		}
		if size == 126 {
			if _, err := io.ReadFull(in, head[:2]); err != nil {
				return 0, nil, err
			}
			size = uint64(binary.BigEndian.Uint16(head[:2]))
		} else if size == 127 {
			if _, err := io.ReadFull(in, head[:8]); err != nil {
				return 0, nil, err
			}
			size = binary.BigEndian.Uint64(head[:8])
		}
		if size > maxMessage || op < opClose && size+uint64(len(*parts)) > maxMessage {
			return 0, nil, errTooLarge
		}
		masked := make([]byte, 4+size)
		if _, err := io.ReadFull(in, masked); err != nil {
			return 0, nil, err
		}
		mask, payload := masked[:4], masked[4:]
		for i := range payload {
			payload[i] ^= mask[i%4]
		}
		if op >= opClose {
			return op, payload, nil
		}
		if op != 0 {
			*partsOp, *parts = op, nil
		} else if *partsOp == 0 {
			return 0, nil, errProtocol
		}
		*parts = append(*parts, payload...)
		if isFinal {
			whole, wholeOp := *parts, *partsOp
			*parts, *partsOp = nil, 0
			return wholeOp, whole, nil
		}
	}
}

type peer struct {
	id, token string
	socket    *socket
	messageAt time.Time
	aliveAt   time.Time
	malformed int
}

type held struct {
	at    time.Time
	from  *peer
	frame []byte
}

type server struct {
	sync.Mutex
	prefix    string
	ids       []string // in the order in which the peers connected
	peers     map[string]*peer
	mailboxes map[string][]held
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") && strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade") {
		s.upgrade(w, r)
		return
	}
	if len(r.TransferEncoding) > 0 {
		// No request here has a body, and a second length could hide a request behind it.
		header.Set("Connection", "close")
		http.Error(w, "Bad request", 400)
		return
	}
	header.Set("Vary", "Origin")
	if origin := r.Header.Get("Origin"); origin != "" {
		header.Set("Access-Control-Allow-Origin", origin)
	}
	if r.Method == http.MethodOptions {
		header.Set("Access-Control-Allow-Methods", methods)
		header.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		w.WriteHeader(204)
		return
	}
	status, kind, body := 200, "application/json", ""
	switch strings.TrimSuffix(r.URL.EscapedPath(), "/") {
	case strings.TrimSuffix(s.prefix, "/"):
		body = `{"name":"PeerJS Server","description":"An example.","website":"https://peerjs.com/"}`
	case s.prefix + *key + "/id":
		kind, body = "text/html; charset=utf-8", newID()
	case s.prefix + *key + "/peers":
		if status, body = 401, "Unauthorized"; *discovery {
			s.Lock()
			list, _ := json.Marshal(s.ids)
			s.Unlock()
			status, body = 200, string(list)
		}
	default:
		status, kind, body = 404, "text/plain", "Not found"
	}
	if status != 404 && r.Method != http.MethodGet && r.Method != http.MethodHead {
		status, kind, body = 405, "text/plain", "Method not allowed"
		header.Set("Allow", methods)
	}
	header.Set("Content-Type", kind)
	header.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x", b[:4], b[4:10], b[10:])
}

func isValidID(id string) bool {
	isControl := func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
	return id != "" && utf8.RuneCountInString(id) <= maxID && strings.IndexFunc(id, isControl) < 0
}

func (s *server) upgrade(w http.ResponseWriter, r *http.Request) {
	nonce := r.Header.Get("Sec-WebSocket-Key")
	decoded, err := base64.StdEncoding.DecodeString(nonce)
	if r.URL.EscapedPath() != s.prefix+"peerjs" {
		http.Error(w, "Not found", 404)
		return
	}
	if err != nil || len(decoded) != 16 || r.Header.Get("Sec-WebSocket-Version") != "13" {
		w.Header().Set("Sec-WebSocket-Version", "13")
		http.Error(w, "Bad handshake", 400)
		return
	}
	conn, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	sum := sha1.Sum([]byte(nonce + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	last := func(name string) string {
		values := r.URL.Query()[name]
		return append([]string{""}, values...)[len(values)]
	}
	socket := newSocket(conn)
	s.Lock()
	peer := s.admit(socket, last("key"), last("id"), last("token"))
	s.Unlock()
	s.listen(socket, peer, buffer.Reader)
}

// The methods below are called with the mutex.

func (s *server) admit(socket *socket, wanted, id, token string) *peer {
	refuse := func(kind, text string, code uint16) *peer {
		frame, _ := json.Marshal(map[string]any{"type": kind, "payload": map[string]string{"msg": text}})
		socket.send(opText, frame)
		socket.close(code)
		return nil
	}
	if wanted == "" || id == "" || token == "" {
		return refuse("ERROR", "No id, token, or key supplied to websocket server", 1008)
	}
	if wanted != *key {
		return refuse("ERROR", "Invalid key provided", 1008)
	}
	if !isValidID(id) {
		return refuse("ERROR", "Invalid id", 1008)
	}
	p, now := s.peers[id], time.Now()
	if p != nil && p.token != token {
		return refuse("ID-TAKEN", "ID is taken", 1008)
	}
	if p == nil {
		if len(s.peers) >= *limit {
			return refuse("ERROR", "Server has reached its concurrent user limit", 1013)
		}
		p = &peer{id: id, token: token}
		s.peers[id], s.ids = p, append(s.ids, id)
	} else {
		p.socket.close(4001)
	}
	p.socket, p.messageAt, p.aliveAt = socket, now, now
	socket.send(opText, []byte(`{"type":"OPEN"}`))
	for _, h := range s.mailboxes[id] {
		socket.send(opText, h.frame)
	}
	delete(s.mailboxes, id)
	return p
}

func (s *server) listen(socket *socket, p *peer, in *bufio.Reader) {
	var parts []byte
	var partsOp byte
	for {
		op, payload, err := receive(in, &parts, &partsOp)
		s.Lock()
		isCurrent := p != nil && p.socket == socket && s.peers[p.id] == p
		if err != nil || op == opClose {
			if isCurrent {
				s.remove(p)
			}
			code := uint16(1000)
			if errors.Is(err, errProtocol) {
				code = 1002
			} else if errors.Is(err, errTooLarge) {
				code = 1009
			} else if err != nil || !socket.isOpen {
				time.AfterFunc(50*time.Millisecond, func() { socket.conn.Close() })
			} else if len(payload) > 1 {
				code = binary.BigEndian.Uint16(payload)
			}
			socket.close(code)
			s.Unlock()
			return
		}
		if isCurrent && socket.isOpen {
			p.aliveAt = time.Now()
			if op == opPing {
				socket.send(opPong, payload)
			} else if op != opPong {
				p.messageAt = p.aliveAt
				s.handle(p, payload)
			}
		}
		s.Unlock()
	}
}

func (s *server) handle(p *peer, payload []byte) {
	var frame map[string]json.RawMessage
	if !utf8.Valid(payload) || json.Unmarshal(payload, &frame) != nil || frame == nil {
		if p.malformed++; p.malformed > maxMalformed {
			p.socket.close(1007)
		}
		return
	}
	var kind, dst string
	json.Unmarshal(frame["type"], &kind)
	isText := json.Unmarshal(frame["dst"], &dst) == nil && !bytes.Equal(frame["dst"], []byte("null"))
	isEmpty := frame["dst"] == nil || string(frame["dst"]) == "null" || string(frame["dst"]) == `""`
	if kind == "LEAVE" && isEmpty {
		s.remove(p)
		p.socket.close(1000)
		return
	}
	if !strings.Contains(" OFFER ANSWER CANDIDATE LEAVE EXPIRE ", " "+kind+" ") || !isText || dst == "" {
		return
	}
	src, _ := json.Marshal(p.id)
	out := fmt.Sprintf(`{"type":"%s","src":%s,"dst":%s`, kind, src, frame["dst"])
	if rest := frame["payload"]; rest != nil {
		out += `,"payload":` + string(rest)
	}
	out += "}"
	if to := s.peers[dst]; to != nil {
		if !to.socket.send(opText, []byte(out)) {
			s.notify(p, "LEAVE", dst)
			s.remove(to)
			to.socket.conn.Close()
		}
	} else if kind != "LEAVE" && kind != "EXPIRE" {
		if box := s.mailboxes[dst]; len(box) < maxHeld && isValidID(dst) {
			s.mailboxes[dst] = append(box, held{time.Now(), p, []byte(out)})
		} else {
			s.notify(p, "EXPIRE", dst)
		}
	}
}

// notify informs the session that sent the message, and no later owner of its id.
func (s *server) notify(p *peer, kind, dst string) {
	if s.peers[p.id] == p {
		frame, _ := json.Marshal(map[string]string{"type": kind, "src": dst, "dst": p.id})
		p.socket.send(opText, frame)
	}
}

func (s *server) remove(p *peer) {
	if s.peers[p.id] != p {
		return
	}
	delete(s.peers, p.id)
	for i, id := range s.ids {
		if id == p.id {
			s.ids = append(s.ids[:i], s.ids[i+1:]...)
			return
		}
	}
}

func (s *server) sweep() {
	aliveFor, heldFor := time.Duration(*alive)*time.Millisecond, time.Duration(*expire)*time.Millisecond
	for now := range time.Tick(100 * time.Millisecond) {
		s.Lock()
		for dst, box := range s.mailboxes {
			notified := map[*peer]bool{}
			for len(box) > 0 && now.Sub(box[0].at) >= heldFor {
				if !notified[box[0].from] {
					s.notify(box[0].from, "EXPIRE", dst)
				}
				notified[box[0].from] = true
				box = box[1:]
			}
			if s.mailboxes[dst] = box; len(box) == 0 {
				delete(s.mailboxes, dst)
			}
		}
		for _, p := range s.peers {
			if now.Sub(p.aliveAt) >= aliveFor || now.Sub(p.messageAt) >= 2*aliveFor {
				s.remove(p)
				p.socket.close(4002)
			} else if now.Sub(p.aliveAt) >= aliveFor/2 {
				p.socket.send(opPing, nil)
			}
		}
		s.Unlock()
	}
}

func main() {
	flag.Parse()
	prefix := "/"
	if trimmed := strings.Trim(*path, "/"); trimmed != "" {
		prefix = "/" + trimmed + "/"
	}
	s := &server{prefix: prefix, ids: []string{}, peers: map[string]*peer{}, mailboxes: map[string][]held{}}
	go s.sweep()
	log.Fatal((&http.Server{Addr: fmt.Sprintf("127.0.0.1:%d", *port), Handler: s, MaxHeaderBytes: 1 << 16}).ListenAndServe())
}
