// Command server receives chat webhooks and answers them by running a flow.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"nodepath-chat/internal/database"
	"nodepath-chat/internal/repository"
	"nodepath-chat/internal/services"
)

type incoming struct {
	Device   string `json:"device"`
	Prospect string `json:"prospect"`
	Text     string `json:"text"`
}

func main() {
	db, err := database.Open(os.Getenv("MYSQL_URI"))
	if err != nil {
		log.Fatalf("open database: %v", err)
	}
	if err := database.Prepare(db); err != nil {
		log.Fatalf("prepare database: %v", err)
	}

	flows := services.NewUnifiedFlowService(
		repository.NewAIWhatsappRepository(db),
		repository.NewWasapbotRepository(db),
		repository.NewDeviceRepository(db),
		services.NewConversationService(db),
	)
	orders := services.NewOrderService(db)

	http.HandleFunc("/webhook", func(w http.ResponseWriter, r *http.Request) {
		var message incoming
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		reply, err := flows.HandleMessage(message.Prospect, message.Device, message.Text)
		if err != nil {
			log.Printf("message not answered: %v", err)
			http.Error(w, "try again", http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"reply": reply})
	})
	http.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		var version string
		if err := db.QueryRow("SELECT VERSION()").Scan(&version); err != nil {
			http.Error(w, "database not reachable", http.StatusServiceUnavailable)
			return
		}
		totals, err := orders.TotalsByStatus(r.URL.Query()["status"])
		if err != nil {
			http.Error(w, "orders not readable", http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]interface{}{"database": version, "orders": totals})
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
