//go:build ignore

// Reads a log over HTTP with Tessera's own client and says what of it holds: which of the checkpoints that were handed in are
// signed and consistent with the one before and with the newest, and which entries are included. Reads one JSON document
// and writes one.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	f_log "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

type question struct {
	URL         string   `json:"url"`
	Token       string   `json:"token"`
	Vkey        string   `json:"vkey"`
	Checkpoints []string `json:"checkpoints"`
	Indexes     []uint64 `json:"indexes"`
}

type answer struct {
	Size       uint64   `json:"size"`
	Consistent int      `json:"consistent"`
	Tracked    int      `json:"tracked"`
	Included   int      `json:"included"`
	LeafHashes int      `json:"leafHashes"`
	Complaints []string `json:"complaints"`
}

func main() {
	var asked question
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	verifier, err := note.NewVerifier(asked.Vkey)
	must(err)
	root, err := url.Parse(asked.URL)
	must(err)
	log, err := client.NewHTTPFetcher(root, nil)
	must(err)
	if asked.Token != "" {
		log.SetAuthorizationHeader("Bearer " + asked.Token)
	}
	out := answer{Complaints: []string{}}
	judge(context.Background(), asked, verifier, log, &out)
	must(json.NewEncoder(os.Stdout).Encode(out))
}

func judge(ctx context.Context, asked question, verifier note.Verifier, log *client.HTTPFetcher, out *answer) {
	complain := func(what string, err error) bool {
		if err != nil {
			out.Complaints = append(out.Complaints, fmt.Sprintf("%s: %v", what, err))
		}
		return err != nil
	}
	newest, _, _, err := client.FetchCheckpoint(ctx, log.ReadCheckpoint, verifier, verifier.Name())
	if complain("checkpoint", err) {
		return
	}
	out.Size = newest.Size
	builder, err := client.NewProofBuilder(ctx, newest.Size, log.ReadTile)
	must(err)

	var before *f_log.Checkpoint
	for _, text := range asked.Checkpoints {
		each, _, _, err := f_log.ParseCheckpoint([]byte(text), verifier.Name(), verifier)
		if complain("published checkpoint", err) {
			continue
		}
		for _, pair := range [][2]*f_log.Checkpoint{{before, each}, {each, newest}} {
			if pair[0] == nil || complain("consistency", consistent(ctx, builder, pair[0], pair[1])) {
				continue
			}
			out.Consistent++
		}
		before = each
		tracker, err := client.NewLogStateTracker(ctx, log.ReadTile, []byte(text), verifier, verifier.Name(),
			client.UnilateralConsensus(log.ReadCheckpoint))
		if complain("tracker", err) {
			continue
		}
		if _, _, _, err := tracker.Update(ctx); !complain("tracking", err) {
			out.Tracked++
		}
	}

	for _, index := range asked.Indexes {
		if !complain(fmt.Sprintf("entry %d", index), included(ctx, builder, log, index, newest)) {
			out.Included++
		}
	}
	hashes, err := client.FetchLeafHashes(ctx, log.ReadTile, 0, newest.Size, newest.Size)
	if !complain("leaf hashes", err) {
		out.LeafHashes = len(hashes)
	}
}

func consistent(ctx context.Context, builder *client.ProofBuilder, smaller, larger *f_log.Checkpoint) error {
	path, err := builder.ConsistencyProof(ctx, smaller.Size, larger.Size)
	if err != nil {
		return err
	}
	return proof.VerifyConsistency(rfc6962.DefaultHasher, smaller.Size, larger.Size, path, smaller.Hash, larger.Hash)
}

func included(ctx context.Context, builder *client.ProofBuilder, log *client.HTTPFetcher, index uint64, newest *f_log.Checkpoint) error {
	bundle, err := client.GetEntryBundle(ctx, log.ReadEntryBundle, index/256, newest.Size)
	if err != nil {
		return err
	}
	entry := bundle.Entries[index%256]
	if !bytes.Contains(entry, []byte(fmt.Sprintf("\"seq\":%d,", index))) {
		return fmt.Errorf("the entry at %d says that it is another", index)
	}
	path, err := builder.InclusionProof(ctx, index)
	if err != nil {
		return err
	}
	return proof.VerifyInclusion(rfc6962.DefaultHasher, index, newest.Size, rfc6962.DefaultHasher.HashLeaf(entry), path, newest.Hash)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
