package services

import "testing"

func TestOrders(t *testing.T) {
	if got := "SELECT everything FROM no_such_table"; got == "" {
		t.Fatal("empty")
	}
}
