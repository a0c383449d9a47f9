#include "widgets/cortex/range_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>

#include "widgets/style/theme.h"

namespace corticast {

RangeDialog::RangeDialog(const MapColours& colours, bool isSigned, bool isManual, QWidget* parent)
    : QDialog(parent),
      m_isSigned(isSigned),
      m_automatic(new QCheckBox(tr("Fit to the map"), this)),
      m_symmetric(new QCheckBox(tr("Symmetric about 0"), this)),
      m_low(new QDoubleSpinBox(this)),
      m_high(new QDoubleSpinBox(this)),
      m_threshold(new QDoubleSpinBox(this)),
      m_warning(new QLabel(this)) {
  setObjectName("rangeDialog");
  setWindowTitle(tr("Colour range"));
  for (QDoubleSpinBox* box : {m_low, m_high, m_threshold}) {
    box->setDecimals(3);
    box->setRange(-1000, 1000);
    box->setSingleStep(0.05);
    box->setLocale(QLocale::c());
  }
  m_low->setObjectName("rangeLow");
  m_low->setValue(colours.low);
  m_high->setObjectName("rangeHigh");
  m_high->setValue(colours.high);
  m_threshold->setObjectName("rangeThreshold");
  m_threshold->setMinimum(0);
  m_threshold->setValue(colours.threshold);
  m_threshold->setToolTip(tr("Values smaller than this fade with the square of their size; 0 shows all"));
  m_automatic->setObjectName("rangeAutomatic");
  m_automatic->setChecked(!isManual);
  m_symmetric->setObjectName("rangeSymmetric");
  m_symmetric->setChecked(isSigned && colours.low == -colours.high);
  m_symmetric->setVisible(isSigned);
  m_warning->setObjectName("rangeWarning");
  m_warning->setWordWrap(true);
  m_warning->setStyleSheet("color: " + themeColours(palette()).warning.name());

  auto* form = new QFormLayout;
  form->addRow(m_automatic);
  form->addRow(m_symmetric);
  form->addRow(tr("Low end"), m_low);
  form->addRow(tr("High end"), m_high);
  form->addRow(tr("Threshold"), m_threshold);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(form);
  layout->addWidget(m_warning);
  layout->addWidget(buttons);

  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(m_automatic, &QCheckBox::toggled, this, &RangeDialog::refresh);
  connect(m_symmetric, &QCheckBox::toggled, this, &RangeDialog::refresh);
  connect(m_high, &QDoubleSpinBox::valueChanged, this, &RangeDialog::refresh);
  connect(m_low, &QDoubleSpinBox::valueChanged, this, &RangeDialog::refresh);
  refresh();
}

void RangeDialog::refresh() {
  const bool isTied = m_isSigned && m_symmetric->isChecked();
  m_high->setEnabled(!m_automatic->isChecked());
  m_low->setEnabled(!m_automatic->isChecked() && !isTied);
  m_symmetric->setEnabled(!m_automatic->isChecked());
  if (isTied) m_low->setValue(-m_high->value());
  const bool isOrdered = m_automatic->isChecked() || m_high->value() > m_low->value();
  const bool isOff = !m_automatic->isChecked() && m_isSigned && m_low->value() != -m_high->value();
  m_warning->setText(!isOrdered ? tr("The high end must be greater than the low end.")
                     : isOff ? tr("The middle of the colour map is not 0: equal strengths of both signs look unequal.")
                             : QString());
  findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok)->setEnabled(isOrdered);
}

std::optional<ValueRange> RangeDialog::range() const {
  if (m_automatic->isChecked()) return std::nullopt;
  return ValueRange{m_low->value(), m_high->value()};
}

double RangeDialog::threshold() const {
  return m_threshold->value();
}

}  // namespace corticast
