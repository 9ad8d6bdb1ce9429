// Package services runs the flows.
package services

import (
	"errors"
	"fmt"
	"log"
	"time"

	"nodepath-chat/internal/repository"
)

// ErrBusy says that another message of the same prospect is being answered.
var ErrBusy = errors.New("another message is being answered")

// UnifiedFlowService answers a message with the flow that its device runs.
type UnifiedFlowService struct {
	ai            repository.AIWhatsappRepository
	wasapbot      repository.WasapbotRepository
	devices       repository.DeviceRepository
	conversations *ConversationService
}

// NewUnifiedFlowService returns a service over the given repositories.
func NewUnifiedFlowService(
	ai repository.AIWhatsappRepository,
	wasapbot repository.WasapbotRepository,
	devices repository.DeviceRepository,
	conversations *ConversationService,
) *UnifiedFlowService {
	return &UnifiedFlowService{ai: ai, wasapbot: wasapbot, devices: devices, conversations: conversations}
}

// HandleMessage answers one incoming message under the prospect's session lock.
func (s *UnifiedFlowService) HandleMessage(prospect, idDevice, text string) (string, error) {
	acquired, err := s.ai.TryAcquireSession(prospect, idDevice)
	if err != nil {
		return "", err
	}
	if !acquired {
		return "", ErrBusy
	}
	defer func() {
		if err := s.ai.ReleaseSession(prospect, idDevice); err != nil {
			log.Printf("session not released: %v", err)
		}
	}()

	flows, err := s.devices.FlowIDs(idDevice)
	if err != nil {
		return "", err
	}
	if len(flows) == 0 {
		return s.scripted(prospect, idDevice, text)
	}
	return s.answer(prospect, idDevice, flows[0], text)
}

func (s *UnifiedFlowService) answer(prospect, idDevice, flowID, text string) (string, error) {
	known, err := s.ai.Find(prospect, idDevice)
	if err != nil {
		return "", err
	}
	if known == nil {
		execution := fmt.Sprintf("%s-%d", flowID, time.Now().UnixNano())
		if err := s.ai.Create(prospect, idDevice, execution, flowID); err != nil {
			return "", err
		}
		if known, err = s.ai.Find(prospect, idDevice); err != nil {
			return "", err
		}
		if known == nil {
			return "", errors.New("the prospect that was just stored is not there")
		}
	}
	if known.Human {
		return "", nil
	}
	reply := "Thank you, we received: " + text
	if err := s.ai.AppendConversation(known.ID, text+"\n"+reply+"\n"); err != nil {
		return "", err
	}
	return reply, s.conversations.Record(prospect, text, reply, known.Stage.String)
}

func (s *UnifiedFlowService) scripted(prospect, instance, text string) (string, error) {
	acquired, err := s.wasapbot.TryAcquireSession(prospect, instance)
	if err != nil || !acquired {
		return "", err
	}
	defer s.wasapbot.ReleaseSession(prospect, instance)

	stage, err := s.wasapbot.Stage(prospect, instance)
	if err != nil {
		return "", err
	}
	next := "Welcome"
	if stage != "" {
		next = "Details"
	}
	if err := s.wasapbot.SetStage(prospect, instance, next); err != nil {
		return "", err
	}
	reply := "Please tell us more."
	return reply, s.conversations.Record(prospect, text, reply, next)
}
