#pragma once

class QWidget;

namespace corticast {

class Session;
class TrainPanel;

/// The train panel with its requests answered by the session: plans become runs, pictures are embedded.
[[nodiscard]] TrainPanel* makeTrainPanel(Session& session, QWidget* parent);

}  // namespace corticast
