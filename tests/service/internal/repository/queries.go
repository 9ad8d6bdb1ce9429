package repository

import "strings"

// Names that several repositories share.
const (
	tableDevices = "device_setting_nodepath"
	tableFlows   = "chatbot_flows_nodepath"

	prospectColumns = "id_prospect, prospect_num, prospect_name, stage, niche, human"
	activeOnly      = " AND execution_status = 'active'"
)

const sqlFlowByID = "SELECT id, name, description, nodes, edges FROM " + tableFlows + " WHERE id = ?"

const sqlDeviceOwner = `
	SELECT d.id, d.user_id, u.email
	FROM ` + tableDevices + ` d
	LEFT JOIN user_nodepath u ON u.id = d.user_id
	WHERE d.id_device = ?`

var sqlExpiredSessions = "DELETE FROM user_sessions_nodepath WHERE expires_at < NOW()"

// placeholders returns n question marks for an IN list.
func placeholders(n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "?"
	}
	return strings.Join(marks, ",")
}

// joinParts glues the parts of a SET list or a condition.
func joinParts(parts []string, separator string) string {
	joined := ""
	for i, part := range parts {
		if i > 0 {
			joined += separator
		}
		joined += part
	}
	return joined
}
