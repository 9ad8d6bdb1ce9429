// Command server is the chat backend.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	_ "github.com/go-sql-driver/mysql"

	"flowdesk/internal/database"
	"flowdesk/internal/handlers"
	"flowdesk/internal/repository"
	"flowdesk/internal/services"
)

func main() {
	db, err := sql.Open("mysql", os.Getenv("MYSQL_URI"))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'"); err != nil {
		log.Fatal(err)
	}
	if err := database.NewMigrator(db).Run(); err != nil {
		log.Fatal(err)
	}
	flows := services.NewFlowEngine(repository.NewAIWhatsappRepository(db), repository.NewSessionRepository(db))
	stages := handlers.NewStageHandler(flows)
	health := handlers.NewHealthHandler(db)

	http.HandleFunc("/stages", stages.List)
	http.HandleFunc("/health", health.Check)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
