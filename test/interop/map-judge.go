//go:build ignore

// Builds maps with torchwood's own code, answers every claim on them with its own proof, and says of the claim as it was
// made whether it holds. Reads and writes one line of JSON for each map; bytes are in hex.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"

	"filippo.io/torchwood/mpt"
)

type claim struct {
	Root  string  `json:"root"`
	Key   string  `json:"key"`
	Value *string `json:"value"`
	Proof string  `json:"proof"`
}

type question struct {
	History [][2]string `json:"history"`
	Claims  []claim     `json:"claims"`
}

type answer struct {
	Root   string  `json:"root"`
	Claims []claim `json:"claims"`
	Holds  []bool  `json:"holds"`
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	in, out := json.NewDecoder(lines), json.NewEncoder(os.Stdout)
	for in.More() {
		var asked question
		must(in.Decode(&asked))
		must(out.Encode(judge(asked)))
	}
}

func judge(asked question) answer {
	tree := mpt.NewMemTree()
	for _, pair := range asked.History {
		must(tree.Set(bytes(pair[0]), bytes(pair[1])))
	}
	snap, err := tree.Snap(1)
	must(err)
	found := answer{Root: snap.Hash.String()}
	for _, one := range asked.Claims {
		key := mpt.Key(bytes(one.Key))
		path, err := tree.Path(key)
		must(err)
		value, isThere, proof, err := mpt.ProveLookup(key, path)
		must(err)
		own := claim{Root: found.Root, Key: one.Key, Proof: hex.EncodeToString(proof)}
		if isThere {
			text := hex.EncodeToString(value)
			own.Value = &text
		}
		found.Claims = append(found.Claims, own)
		found.Holds = append(found.Holds, holds(one))
	}
	return found
}

func holds(one claim) bool {
	var value []byte
	if one.Value != nil {
		value = bytes(*one.Value)
	}
	snap := mpt.Snapshot{Version: 1, Hash: mpt.Hash(bytes(one.Root))}
	return mpt.VerifyLookup(snap, bytes(one.Key), value, one.Value != nil, bytes(one.Proof)) == nil
}

func bytes(text string) []byte {
	found, err := hex.DecodeString(text)
	must(err)
	return found
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
